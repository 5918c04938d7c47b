package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import org.junit.jupiter.api.Test;

class StationsTest {
  private static final PageRange PAGE = PageRange.of(5);
  private static final long END_PS = 100_000;

  private final Stations stations = new Stations();

  private long insidePs(String component, String station) {
    return stations.of(component, station).slices(END_PS).totalPs();
  }

  @Test
  void shouldFollowAnInvalidationWhenItGoesFromIommuToDevice() {
    stations.seen(1000, "iommu0", new MachineFact.InvalidationSent(0, 1, PAGE, 3));
    stations.seen(3000, "nic0", new MachineFact.InvalidationTaken(1, PAGE, 3));
    stations.seen(7000, "nic0", new MachineFact.InvalidationDone(3));

    assertThat(insidePs("nic0", "invalidation-wire")).isEqualTo(2000);
    assertThat(insidePs("nic0", "invalidation-queue")).isEqualTo(4000);
    assertThat(insidePs("iommu0", "invalidations")).isEqualTo(6000);
  }

  @Test
  void shouldKeepDevicesApartWhenTheyUseTheSameTag() {
    stations.seen(1000, "iommu0", new MachineFact.InvalidationSent(0, 1, PAGE, 3));
    stations.seen(1000, "iommu0", new MachineFact.InvalidationSent(1, 1, PAGE, 3));
    stations.seen(2000, "nic0", new MachineFact.InvalidationTaken(1, PAGE, 3));
    stations.seen(2000, "nic1", new MachineFact.InvalidationTaken(1, PAGE, 3));
    stations.seen(3000, "nic1", new MachineFact.InvalidationDone(3));

    assertThat(stations.of("iommu0", "invalidations").departures()).isEqualTo(1);
    assertThat(insidePs("iommu0", "invalidations")).isEqualTo(2000 + END_PS - 1000);
  }

  @Test
  void shouldTellWaitingFromHoldingWhenALockIsTaken() {
    stations.seen(5000, "app.mm", new MachineFact.LockTaken(1, "app.mm", 2000));
    stations.seen(9000, "app.mm", new MachineFact.LockDropped(1, "app.mm"));
    stations.seen(9000, "app.mm", new MachineFact.LockTaken(2, "other", 9000));

    assertThat(insidePs("app.mm", "lock-wait")).isEqualTo(3000);
    assertThat(insidePs("app.mm", "lock-held")).isEqualTo(4000);
    assertThat(stations.byComponent().get("app.mm"))
        .containsKeys("lock-held/other", "lock-wait/other");
  }

  @Test
  void shouldTakeThePartsWordWhenItTellsHowFullItIs() {
    stations.seen(1000, "iommu0", new MachineFact.Occupied("walkers", 2, 4));
    stations.seen(6000, "iommu0", new MachineFact.Occupied("walkers", 0, 4));

    assertThat(insidePs("iommu0", "walkers")).isEqualTo(10_000);
    assertThat(stations.of("iommu0", "walkers").capacity()).hasValue(4);
  }

  @Test
  void shouldMeasureDmaAndFaultsWhenTheyBeginAndEnd() {
    stations.seen(1000, "nic0", new MachineFact.Used(1, 5, 7, true, 4));
    stations.seen(1500, "nic0", new MachineFact.Used(1, 5, 7, true, -1));
    stations.seen(4000, "nic0", new MachineFact.Drained(4));
    stations.seen(5000, "nic0", new MachineFact.FaultRaised(9, 1, 5, true));
    stations.seen(
        8000, "nic0", new MachineFact.FaultResolved(9, MachineFact.Resolution.values()[0]));

    assertThat(insidePs("nic0", "dma")).isEqualTo(3000);
    assertThat(insidePs("nic0", "faults")).isEqualTo(3000);
  }
}
