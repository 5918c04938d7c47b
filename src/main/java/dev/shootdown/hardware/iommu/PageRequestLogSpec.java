package dev.shootdown.hardware.iommu;

import dev.shootdown.config.Limits;

/**
 * The log of page requests in memory: VT-d's PRQ, AMD's PPR log.
 *
 * @param depth how many records it holds; 0 for an IOMMU whose software takes no page requests and
 *     answers each with a failure, as Linux's SMMUv3 driver does
 * @param overflow what becomes of a group whose last request finds no room
 * @param writePs from a request's arrival until its record can be read, in ps
 */
public record PageRequestLogSpec(
    @Limits(min = 0, max = 1 << 20) int depth, Overflow overflow, long writePs) {
  /** What an IOMMU does with page requests that it has no room for. */
  public enum Overflow {
    /** It answers the group itself with success, though nothing was done: the device asks again. */
    SUCCESS,
    /** Nothing: the device waits for ever. */
    SILENT
  }

  /** No page requests. */
  public static final PageRequestLogSpec NONE = new PageRequestLogSpec(0, Overflow.SUCCESS, 0);
}
