package dev.shootdown.hardware.iommu;

import dev.shootdown.config.Limits;

/**
 * How an IOMMU walks in two stages: the first from a guest's I/O address to a guest page, the
 * second from there to a frame.
 *
 * @param stageOneLevels levels of the first stage's table
 * @param stageTwoLevels levels of the second stage's table
 * @param readPs one read of an entry, in ps; the two leaf entries cost the wires to their tables
 * @param stageTwoEntries how many second-stage translations are kept for later walks, 0 for none
 * @param dropsCombined whether an invalidation of guest pages also drops what was combined from
 *     them; without that software has to invalidate the first stage as well (SMMUv3)
 */
public record NestedSpec(
    @Limits(min = 1, max = 5) int stageOneLevels,
    @Limits(min = 1, max = 5) int stageTwoLevels,
    long readPs,
    @Limits(min = 0, max = 1 << 20) int stageTwoEntries,
    boolean dropsCombined) {
  /**
   * What a walk reads: each entry of the first stage stands in a guest page, which the second stage
   * has to find first, and so has the page that the last of them names.
   *
   * @param stageTwoKnown whether the second stage of the last one need not be walked
   */
  int reads(boolean stageTwoKnown) {
    return readsOfStageOne() + (stageTwoKnown ? 0 : stageTwoLevels);
  }

  private int readsOfStageOne() {
    return stageOneLevels * (stageTwoLevels + 1);
  }

  /** What a walk takes before it reads the first stage's leaf, in ps. */
  long toStageOneLeafPs() {
    return (readsOfStageOne() - 1) * readPs;
  }

  /** What it takes from there until it reads the second stage's leaf, in ps. */
  long toStageTwoLeafPs() {
    return (stageTwoLevels - 1) * readPs;
  }
}
