package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Cause;
import dev.shootdown.trace.MachineFact.Change;
import java.util.List;
import org.junit.jupiter.api.Test;

class StaleWindowsTest {
  private final StaleWindows windows = new StaleWindows();

  private void fill(long atPs, String holder, boolean writable, long readAtPs) {
    windows.seen(atPs, holder, new MachineFact.Filled(1, 5, 7, writable, readAtPs));
  }

  private void change(long atPs, Change change) {
    windows.seen(
        atPs, "app.pt", new MachineFact.PtesChanged(1, change, List.of(5L), List.of(7L), atPs, 0));
  }

  private void drop(long atPs, String holder) {
    windows.seen(
        atPs, holder, new MachineFact.Dropped(1, new PageRange(4, 3), Cause.INVALIDATED));
  }

  @Test
  void shouldMeasureFromChangeToDropWhenAnEntryGoesStale() {
    fill(1_000_000, "nic0", true, 900_000);
    change(2_000_000, Change.CLEARED);
    drop(2_347_000, "nic0");

    assertThat(windows.byHolder().get("nic0").countByNs()).containsOnly(entry(340, 1));
  }

  @Test
  void shouldMeasureFromTheFillWhenItCameAfterTheChange() {
    change(2_000_000, Change.CLEARED);
    fill(3_000_000, "nic0", true, 1_900_000);
    drop(3_050_000, "nic0");

    assertThat(windows.byHolder().get("nic0").countByNs()).containsOnly(entry(50, 1));
  }

  @Test
  void shouldCountNothingWhenNobodyMissedAnything() {
    fill(1_000_000, "nic0", false, 900_000);
    change(2_000_000, Change.PROTECTED);
    change(2_100_000, Change.SET);
    drop(3_000_000, "nic0");
    fill(4_000_000, "nic0", true, 3_900_000);
    drop(5_000_000, "nic0");

    assertThat(windows.byHolder()).isEmpty();
  }

  @Test
  void shouldFindHugeEntriesWhenAPageInsideChanges() {
    windows.seen(1000, "cpu0", new MachineFact.Filled(1, 512, 1024, true, 500, 9));
    windows.seen(
        2_000_000, "app.pt",
        new MachineFact.PtesChanged(
            1, Change.CLEARED, List.of(600L), List.of(1112L), 2_000_000, 0));
    windows.seen(
        3_000_000, "cpu0", new MachineFact.Dropped(1, PageRange.of(700), Cause.INVALIDATED));

    assertThat(windows.byHolder().get("cpu0").countByNs()).containsOnly(entry(1000, 1));
  }

  private static java.util.Map.Entry<Long, Long> entry(long ns, long count) {
    return java.util.Map.entry(ns, count);
  }
}
