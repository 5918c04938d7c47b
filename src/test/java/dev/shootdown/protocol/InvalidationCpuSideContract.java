package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Invalidation.CpuSide} owes its IOMMUs, and whoever waits for it. */
public abstract class InvalidationCpuSideContract {
  private static final int ROUNDS_MOST = 10;

  /** Somebody who writes to rings, with everything around him played by the test. */
  public interface Subject {
    /** Gives it work for which it has to invalidate something, for {@link #operation}. */
    void begin();

    /** Lets all the time pass that it needs by itself. */
    void settle();

    /** What it submitted since the last call. */
    List<Invalidation.Submit> takeSubmits();

    void hear(Invalidation.Completed completed);

    /** Whether it has come to the end of the work. */
    boolean isDone();

    /** The number under which IOMMUs know it. */
    int number();

    /** The operation that the work belongs to. */
    long operation();
  }

  /** One without work. */
  protected abstract Subject subject();

  @Test
  void shouldNotGoOnBeforeAllThatItSubmittedHasCompleted() {
    Subject cpu = subject();
    cpu.begin();
    cpu.settle();
    List<Invalidation.Submit> open = new ArrayList<>(cpu.takeSubmits());
    assertThat(open).isNotEmpty();
    for (int round = 0; round < ROUNDS_MOST && !open.isEmpty(); round++) {
      for (Invalidation.Submit submit : List.copyOf(open)) {
        assertThat(cpu.isDone()).as("with %s open", open).isFalse();
        cpu.hear(new Invalidation.Completed(submit.ticket(), 0, 0, 0));
        cpu.settle();
        open.remove(submit);
      }
      open.addAll(cpu.takeSubmits());
    }
    assertThat(open).as("it comes to an end").isEmpty();
    assertThat(cpu.isDone()).isTrue();
  }

  @Test
  void shouldSayWhoItIsAndForWhomItWorksWhenItSubmits() {
    Subject cpu = subject();
    cpu.begin();
    cpu.settle();

    assertThat(cpu.takeSubmits()).isNotEmpty().allSatisfy(
        submit -> {
          assertThat(submit.cpu()).isEqualTo(cpu.number());
          assertThat(submit.operation()).isEqualTo(cpu.operation());
          assertThat(submit.descriptors()).isNotEmpty();
        });
  }

  /** What waits may wait only at the end: a wait inside would be one that nobody asked for. */
  @Test
  void shouldWriteAtMostOneWaitAndThatLast() {
    Subject cpu = subject();
    cpu.begin();
    cpu.settle();

    assertThat(cpu.takeSubmits()).isNotEmpty().allSatisfy(
        submit -> {
          List<Invalidation.Descriptor> all = submit.descriptors();
          assertThat(all.subList(0, all.size() - 1))
              .noneMatch(Invalidation.Wait.class::isInstance);
        });
  }
}
