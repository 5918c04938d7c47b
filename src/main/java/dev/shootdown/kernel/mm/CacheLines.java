package dev.shootdown.kernel.mm;

import dev.shootdown.protocol.KernelCall;

/**
 * The cache lines of an address space that many CPUs write: mmap_lock's count, the number of
 * gathers (tlb_flush_pending), and the flush generation with the mask of CPUs.
 *
 * <p>A line is at one CPU at a time. An atomic operation fetches it and keeps it for a while, and
 * the next waits; a look at the newest generation, which somebody has just written, keeps it
 * shorter. Lines don't wait for each other. Time in ps.
 */
final class CacheLines {
  private static final int NONE = -1;

  private final long linePs;
  private final long readPs;
  private final long[] freeAtPs = new long[3];

  CacheLines(SharedCosts costs) {
    this.linePs = costs.linePs();
    this.readPs = costs.lineReadPs();
  }

  /** Queues for the line of {@code request}; how long until it is through, 0 if it needs none. */
  long takePs(KernelCall.Request request, long nowPs) {
    int line = lineOf(request);
    boolean reads =
        request instanceof KernelCall.TakeUp || request instanceof KernelCall.GatherCheck;
    long keptPs = reads ? readPs : linePs;
    if (line == NONE || keptPs == 0) {
      return 0;
    }
    freeAtPs[line] = Math.max(nowPs, freeAtPs[line]) + keptPs;
    return freeAtPs[line] - nowPs;
  }

  private static int lineOf(KernelCall.Request request) {
    if (request instanceof KernelCall.Lock || request instanceof KernelCall.Unlock
        || request instanceof KernelCall.Downgrade) {
      return 0;
    } else if (request instanceof KernelCall.GatherBegin
        || request instanceof KernelCall.GatherEnd
        || request instanceof KernelCall.GatherCheck) {
      return 1;
    } else if (request instanceof KernelCall.NextGeneration
        || request instanceof KernelCall.TakeUp) {
      return 2;
    }
    return NONE;
  }
}
