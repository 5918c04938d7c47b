package dev.shootdown.engine;

import java.util.List;

/**
 * How the partitions of this node advanced.
 *
 * @param windows rounds of virtual time
 * @param events events by partition of the run
 * @param waitedNs by partition of this node, wall time waiting for all others, in ns
 * @param elapsedNs wall time of all windows, in ns
 * @param sentEvents events that left this node
 * @param sentBytes bytes of the frames that they left in, headers and facts included
 */
public record WindowReport(
    long windows, List<Long> events, List<Long> waitedNs, long elapsedNs, long sentEvents,
    long sentBytes) {}
