package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.Vfio.MapDma;
import dev.shootdown.protocol.Vfio.Result;
import dev.shootdown.protocol.Vfio.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Vfio.EmulatorSide} owes the containers that it talks to. */
public abstract class VfioEmulatorSideContract {
  /** An emulator with one container, played by the test. */
  public interface Subject {
    void hear(Vfio.ToEmulator message);

    /** The guest maps these two pages, 8 and 9, and flushes them one after the other. */
    void guestMapsTwoPages();

    /** Lets all the time pass that it needs; guest memory answers. */
    void settle();

    /** Whether the guest may go on. */
    boolean isDone();

    /** What it said to the container since the last call. */
    List<Vfio.ToContainer> takeSaid();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** An emulator that has told nobody anything. */
  protected abstract Subject subject();

  private static MapDma map(Subject emulator) {
    emulator.settle();
    List<Vfio.ToContainer> said = emulator.takeSaid();
    assertThat(said).singleElement().isInstanceOf(MapDma.class);
    return (MapDma) said.get(0);
  }

  @Test
  void shouldWaitForEachResultBeforeItAsksForMore() {
    for (Status status : Status.values()) {
      Subject emulator = subject();
      emulator.guestMapsTwoPages();
      MapDma first = map(emulator);
      emulator.settle();
      assertThat(emulator.takeSaid()).isEmpty();
      assertThat(emulator.isDone()).isFalse();
      emulator.hear(new Result(first.ticket(), status, 0, List.of()));
      MapDma second = map(emulator);
      assertThat(second.ticket()).isNotEqualTo(first.ticket());
      assertThat(List.of(first.iova(), second.iova())).containsExactly(0x8000L, 0x9000L);
      emulator.hear(new Result(second.ticket(), status, 0, List.of()));
      emulator.settle();

      assertThat(emulator.isDone()).as("%s", status).isTrue();
    }
  }

  @Test
  void shouldStateABreachWhenAResultComesThatItDidNotAskFor() {
    Subject emulator = subject();
    emulator.hear(new Result(77, Status.OK, 0, List.of()));
    assertThat(emulator.breaches()).isEqualTo(1);
    emulator.guestMapsTwoPages();
    MapDma first = map(emulator);
    emulator.hear(new Result(first.ticket() + 1, Status.OK, 0, List.of()));
    emulator.settle();

    assertThat(emulator.breaches()).isEqualTo(2);
    assertThat(emulator.takeSaid()).isEmpty();
  }
}
