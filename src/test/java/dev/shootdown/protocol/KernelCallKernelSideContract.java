package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link KernelCall.KernelSide} owes the CPUs. */
public abstract class KernelCallKernelSideContract {
  /** An answer and the CPU that it went to. */
  public record Answer(int cpu, KernelCall.Reply reply) {}

  /** A lock domain that four CPUs can call. */
  public interface Subject {
    void hear(KernelCall.ToKernel message);

    /** Lets time pass until {@code untilPs}. */
    void runUntil(long untilPs);

    long nowPs();

    /** What it answered since the last call, in order. */
    List<Answer> takeAnswers();

    /** The breaches that it has stated, in order. */
    List<String> breaches();
  }

  /** A fresh domain at time 0. */
  protected abstract Subject subject();

  /** Requests that it serves one after the other, if they are called. */
  protected abstract List<KernelCall.Request> called();

  /** Requests that it serves one after the other, if they are posted; may be none. */
  protected abstract List<KernelCall.Request> posted();

  /** What none of its kind can serve. */
  protected abstract KernelCall.Request foreign();

  @Test
  void shouldAnswerEachCallOnceToItsCallerWhenCalled() {
    Subject domain = subject();
    int ticket = 100;
    for (KernelCall.Request request : called()) {
      long calledAtPs = domain.nowPs();
      domain.hear(new KernelCall.Call(ticket % 4, 9, ticket, request));
      domain.runUntil(calledAtPs + 1_000_000);

      List<Answer> answers = domain.takeAnswers();
      assertThat(answers).as("%s", request).hasSize(1);
      KernelCall.Reply reply = answers.get(0).reply();
      assertThat(answers.get(0).cpu()).isEqualTo(ticket % 4);
      assertThat(reply.ticket()).isEqualTo(ticket);
      assertThat(reply.arrivedPs()).isEqualTo(calledAtPs);
      assertThat(reply.grantedPs()).isGreaterThanOrEqualTo(reply.arrivedPs());
      assertThat(reply.donePs()).isBetween(reply.grantedPs(), domain.nowPs());
      ticket++;
    }
  }

  @Test
  void shouldSayNothingWhenARequestIsPosted() {
    Subject domain = subject();
    List<Answer> answers = new ArrayList<>();
    for (KernelCall.Request request : posted()) {
      domain.hear(new KernelCall.Post(1, 9, request));
      domain.runUntil(domain.nowPs() + 1_000_000);
      answers.addAll(domain.takeAnswers());
    }

    assertThat(answers).isEmpty();
  }

  @Test
  void shouldStateABreachByNameWhenAnotherDomainIsMeant() {
    String name = foreign().getClass().getSimpleName();
    Subject called = subject();
    called.hear(new KernelCall.Call(0, 9, 1, foreign()));
    called.runUntil(1_000_000);
    assertThat(called.breaches()).singleElement().asString().contains("cannot serve " + name);
    assertThat(called.takeAnswers()).as("there is no answer that fits").isEmpty();

    Subject posted = subject();
    posted.hear(new KernelCall.Post(0, 9, foreign()));
    posted.runUntil(1_000_000);
    assertThat(posted.breaches()).singleElement().asString().contains("cannot serve " + name);
  }
}
