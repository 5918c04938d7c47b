package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FolioBatchTest {
  private static final SharedCosts COSTS = new SharedCosts(0, 0, false, 3, 100, 10);

  private final PathRun run =
      new PathRun(Trip.job("lru-drain"), List.of(), Trip.era(Era.C).setup);
  private final FolioBatch batch = new FolioBatch(COSTS);

  /** How long lru_lock is held, each time. */
  private List<Long> heldPs() {
    run.putFirst();
    List<Long> held = new ArrayList<>();
    boolean locked = false;
    boolean off = false;
    for (Program.Step step = run.next(); step != null; step = run.next()) {
      if (step instanceof Program.Interrupts switched) {
        off = !switched.on();
      } else if (step instanceof Program.Ask ask) {
        assertThat(ask.request()).isEqualTo(new KernelCall.LockLru());
        assertThat(off).as("interrupts are off").isTrue();
        locked = true;
      } else if (step instanceof Program.Spend spend) {
        assertThat(locked).isTrue();
        held.add(spend.durationPs());
      } else {
        assertThat(step).isInstanceOf(Program.Tell.class);
        locked = false;
      }
    }
    assertThat(locked || off).isFalse();
    return held;
  }

  @Test
  void shouldTakeTheLockOnceForAWholeBatch() {
    batch.add(run, List.of(1L, 2L));
    assertThat(heldPs()).isEmpty();

    batch.add(run, List.of(3L));
    assertThat(heldPs()).containsExactly(130L);
  }

  @Test
  void shouldTakePagesOffTheirListWhenTheyAreFreed() {
    batch.free(run, List.of(7L, 8L));

    assertThat(heldPs()).containsExactly(120L);
  }

  @Test
  void shouldPutDeadPagesOnAndOffWhenTheirBatchGoes() {
    batch.add(run, List.of(1L));
    batch.free(run, List.of(1L));
    batch.add(run, List.of(2L));
    batch.free(run, List.of(2L));
    assertThat(heldPs()).isEmpty();

    batch.add(run, List.of(3L));
    assertThat(heldPs()).containsExactly(130L, 120L);
  }

  @Test
  void shouldTakeTheLockForEachPageWhenEachCallDrains() {
    batch.add(run, List.of(1L));
    batch.drain(run);
    batch.free(run, List.of(1L));
    batch.drain(run);

    assertThat(heldPs()).containsExactly(110L, 110L);
  }

  @Test
  void shouldDoNothingWhenPagesAreOnNoList() {
    FolioBatch none = new FolioBatch(SharedCosts.NONE);
    none.add(run, List.of(1L, 2L, 3L));
    none.free(run, List.of(1L));
    none.drain(run);

    assertThat(heldPs()).isEmpty();
  }
}
