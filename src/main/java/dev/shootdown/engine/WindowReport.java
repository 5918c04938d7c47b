package dev.shootdown.engine;

import java.util.List;

/**
 * How the partitions of this node advanced.
 *
 * @param windows rounds of virtual time
 * @param folded those that one thread ran for all
 * @param events events by partition of the run; those of folded windows are the first one's
 * @param waitedNs by partition of this node, wall time waiting for all others, in ns
 * @param elapsedNs wall time of all windows, in ns
 * @param sentEvents events that left this node
 * @param sentBytes bytes of the frames that they left in, headers and facts included
 */
public record WindowReport(
    long windows, Folded folded, List<Long> events, List<Long> waitedNs, long elapsedNs,
    long sentEvents, long sentBytes) {
  /** Windows that were not shared because they are too small for it, and events in them. */
  public record Folded(long windows, long events) {}
}
