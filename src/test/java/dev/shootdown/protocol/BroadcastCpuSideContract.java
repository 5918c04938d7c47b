package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Broadcast.CpuSide} owes the interconnect. */
public abstract class BroadcastCpuSideContract {
  /** The address space whose pages it holds. */
  protected static final int MM = 1;

  /** Something that holds translations, with everything around it played by the test. */
  public interface Subject {
    void hear(Broadcast.ToCpu message);

    /** Lets all the time pass that it needs for what it heard. */
    void settle();

    /** What it said since the last call. */
    List<Broadcast.ToInterconnect> takeSaid();

    /** Whether it holds a translation of {@code page}. */
    boolean holds(long page);
  }

  /** One that is number {@code number} in its domain and holds {@code pages} of {@link #MM}. */
  protected abstract Subject subject(int number, List<Long> pages);

  private static Broadcast.Forget forget(long number, int mm, PageRange range) {
    return new Broadcast.Forget(
        number,
        new Broadcast.What(
            mm, range, Broadcast.NO_GENERATION, FlushHandler.Walks.KEEP, false));
  }

  @Test
  void shouldForgetTheRangeAndSayWhichMessageThatWas() {
    Subject cpu = subject(0, List.of(7L, 9L));
    assertThat(cpu.holds(7) && cpu.holds(9)).isTrue();
    cpu.hear(forget(41, MM, PageRange.of(7)));
    cpu.settle();

    assertThat(cpu.takeSaid()).containsExactly(new Broadcast.Forgotten(0, 41));
    assertThat(cpu.holds(7)).isFalse();
    assertThat(cpu.holds(9)).isTrue();
  }

  @Test
  void shouldAnswerEachMessageOnceWhenItHoldsNothingOfIt() {
    Subject cpu = subject(0, List.of(7L));
    cpu.hear(forget(41, MM, PageRange.of(70)));
    cpu.hear(forget(42, MM + 1, PageRange.of(7)));
    cpu.settle();

    assertThat(cpu.takeSaid()).containsExactly(
        new Broadcast.Forgotten(0, 41), new Broadcast.Forgotten(0, 42));
    assertThat(cpu.holds(7)).isTrue();
  }

  @Test
  void shouldForgetAllSpacesWhenAllAreNamed() {
    Subject cpu = subject(0, List.of(7L, 9L));
    cpu.hear(forget(41, Broadcast.EVERY_SPACE, PageRange.ALL));
    cpu.settle();

    assertThat(cpu.takeSaid()).containsExactly(new Broadcast.Forgotten(0, 41));
    assertThat(cpu.holds(7) || cpu.holds(9)).isFalse();
  }
}
