package dev.shootdown.audit;

/**
 * What coherence cost in a cell, over all its schedules.
 *
 * @param operations operations of the row's kind that ended
 * @param requests secondary invalidation requests of those
 * @param flush how long those took, each
 * @param width how far they were widened
 * @param held what else they held up
 */
public record Cost(
    long operations, long requests, Latency flush, Width width, Held held) {
  /** Nothing ran. */
  public static final Cost NONE =
      new Cost(0, 0, new Latency(0, 0, 0), new Width(0, 0, 0), new Held(0, 0, 0));

  /**
   * How long.
   *
   * @param count of how many
   * @param p50Ps median in ps, nearest rank
   * @param p99Ps 99th percentile in ps, nearest rank
   */
  public record Latency(long count, long p50Ps, long p99Ps) {}

  /**
   * How wide.
   *
   * @param requestedPages asked for, of requests that did not become all pages
   * @param flushedPages flushed for those
   * @param toAll requests that became all pages
   */
  public record Width(long requestedPages, long flushedPages, long toAll) {}

  /**
   * What was held up.
   *
   * @param underTablesPs time under a page-table lock while waiting for secondary TLBs, per
   *     schedule
   * @param interruptsOffPs the longest stretch with interrupts off
   * @param stolenPs time that other CPUs spent on the operations' behalf, per operation
   */
  public record Held(long underTablesPs, long interruptsOffPs, long stolenPs) {}

  /** Requests per operation. */
  public double requestsPerOperation() {
    return operations == 0 ? 0 : (double) requests / operations;
  }

  /** Flushed ÷ requested bytes, of requests that did not become all pages; 1 if there are none. */
  public double enlargement() {
    return width.requestedPages() == 0
        ? 1 : (double) width.flushedPages() / width.requestedPages();
  }
}
