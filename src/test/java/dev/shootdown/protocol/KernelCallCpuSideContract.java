package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.KernelAnswers.Nested;
import dev.shootdown.protocol.KernelCall.Call;
import dev.shootdown.protocol.KernelCall.GatherCheck;
import dev.shootdown.protocol.KernelCall.Post;
import dev.shootdown.protocol.KernelCall.Reply;
import dev.shootdown.protocol.KernelCall.Unlock;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link KernelCall.CpuSide} owes the lock domains that it calls. */
public abstract class KernelCallCpuSideContract {
  /** A CPU whose lock domain is played by the test. */
  public interface Subject {
    void hear(KernelCall.ToCpu message);

    /** Lets {@code ps} pass. */
    void runFor(long ps);

    long nowPs();

    /** What it said to the domain since the last call. */
    List<KernelCall.ToKernel> takeSaid();

    /** What its program was answered, in order. */
    List<KernelCall.Result> answers();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** CPU 0 with a program that does {@code steps} at domain 0, one after the other. */
  protected abstract Subject subject(KernelCall.Request... steps);

  private static final long US = 1_000_000;

  private static Reply reply(Subject cpu, Call call, KernelCall.Result result) {
    return new Reply(call.ticket(), result, cpu.nowPs(), cpu.nowPs(), cpu.nowPs());
  }

  private static Call call(Subject cpu) {
    cpu.runFor(US);
    List<KernelCall.ToKernel> said = cpu.takeSaid();
    assertThat(said).singleElement().isInstanceOf(Call.class);
    return (Call) said.get(0);
  }

  @Test
  void shouldWaitForEachAnswerBeforeItGoesOn() {
    Subject cpu = subject(new GatherCheck(), new GatherCheck());
    Call first = call(cpu);
    assertThat(first.cpu()).isZero();
    cpu.runFor(100 * US);
    assertThat(cpu.takeSaid()).isEmpty();
    cpu.hear(reply(cpu, first, new Nested(true)));
    Call second = call(cpu);
    assertThat(second.ticket()).isNotEqualTo(first.ticket());
    cpu.hear(reply(cpu, second, new Nested(false)));
    cpu.runFor(US);

    assertThat(cpu.answers()).containsExactly(new Nested(true), new Nested(false));
  }

  @Test
  void shouldNotWaitWhenThereIsNoAnswer() {
    Subject cpu = subject(new Unlock(true), new Unlock(false));
    cpu.runFor(US);

    assertThat(cpu.takeSaid()).hasSize(2).allMatch(Post.class::isInstance);
  }

  @Test
  void shouldStateABreachWhenAnAnswerComesThatItDidNotAskFor() {
    Subject cpu = subject(new GatherCheck());
    Call call = call(cpu);
    cpu.hear(new Reply(call.ticket() + 7, new Nested(true), 0, 0, 0));
    cpu.runFor(US);
    assertThat(cpu.breaches()).isEqualTo(1);
    assertThat(cpu.answers()).isEmpty();
    cpu.hear(reply(cpu, call, new Nested(false)));
    cpu.hear(reply(cpu, call, new Nested(true)));
    cpu.runFor(US);

    assertThat(cpu.breaches()).isEqualTo(2);
    assertThat(cpu.answers()).containsExactly(new Nested(false));
  }
}
