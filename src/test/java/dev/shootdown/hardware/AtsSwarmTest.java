package dev.shootdown.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.hardware.ats.AtsDeviceSpec;
import dev.shootdown.hardware.iommu.IommuSpec;
import org.junit.jupiter.api.Test;

/**
 * Device and IOMMU against each other under a hostile messenger. A failure names its seed; the same
 * seed takes the same way again.
 */
class AtsSwarmTest {
  private static final int SEEDS = 150;

  private static AtsDeviceSpec device(boolean dropRacingFills, boolean drainBeforeCompletion) {
    return new AtsDeviceSpec(
        4, 2, 1_000, 3, 1_000, 2, dropRacingFills, drainBeforeCompletion);
  }

  private static IommuSpec iommu(
      long iotlbInvalidationPs, boolean dropRacingWalks, boolean deviceTlbAfterIotlb) {
    return new IommuSpec(8, 8, 1_000, 2, 1_000, iotlbInvalidationPs, 8, dropRacingWalks,
        deviceTlbAfterIotlb);
  }

  @Test
  void shouldKeepAllRulesWhateverTheOrder() {
    int discarded = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      Swarm swarm = new Swarm(seed, iommu(1_000, true, true), device(true, true));
      assertThat(swarm.run()).as("seed %d", seed).isEmpty();
      discarded += swarm.discarded();
    }
    assertThat(discarded).as("the race has to happen for this to mean something").isPositive();
  }

  @Test
  void shouldFindAStaleUseWhenADeviceKeepsRacingFills() {
    assertBites("stale use", iommu(1_000, true, true), device(false, true));
  }

  @Test
  void shouldFindARunningTransferWhenADeviceDoesNotDrain() {
    assertBites("completed while a transfer", iommu(1_000, true, true), device(true, false));
  }

  @Test
  void shouldFindAStaleUseWhenAnIommuKeepsRacingWalks() {
    assertBites("stale use", iommu(1_000, false, true), device(true, true));
  }

  /** Rule H5: swapping the order must not go unnoticed. */
  @Test
  void shouldFindAStaleUseWhenTheDeviceIsToldBeforeTheIotlbIsSwept() {
    assertBites("stale use", iommu(100_000, true, false), device(true, true));
  }

  private static void assertBites(String violation, IommuSpec iommu, AtsDeviceSpec device) {
    long seed = 1;
    while (seed <= SEEDS && new Swarm(seed, iommu, device).run().stream()
        .noneMatch(line -> line.contains(violation))) {
      seed++;
    }
    assertThat(seed).as("the first seed that shows it").isLessThanOrEqualTo(SEEDS);
  }
}
