package dev.shootdown.check;

import java.util.List;
import java.util.SortedMap;

/**
 * What coherence cost in a run, beside the time of each operation (invariant I11).
 *
 * @param cpu flushes of CPUs' TLBs; their messages are interrupts
 * @param secondary flushes of IOTLBs and ATCs, as software asks for them; their messages are
 *     device-TLB invalidations
 * @param device those invalidations themselves, one by one
 * @param holding what was held up meanwhile
 * @param stolenPs time that CPUs spent on behalf of others' operations, in ps
 * @param liveness how faults fared
 */
public record CostReport(
    FlushCosts cpu, FlushCosts secondary, FlushCosts device, HoldingUp holding, long stolenPs,
    Liveness liveness) {
  /** Of a run that cost nothing. */
  public static final CostReport NONE =
      new CostReport(
          FlushCosts.NONE, FlushCosts.NONE, FlushCosts.NONE, HoldingUp.NONE, 0, Liveness.NONE);

  /**
   * Flushes of one kind.
   *
   * @param requests how many
   * @param messages how many messages they took
   * @param requestedPages 4 KiB pages asked for, all requests together, without those for all pages
   * @param flushedPages pages flushed for them, without those that became all pages
   * @param widenedToAll requests for less than all pages that became a flush of all pages
   * @param duplicates requests for the same range as an earlier one, with no page-table change in
   *     it between the two: they change nothing
   */
  public record FlushCosts(
      long requests, long messages, long requestedPages, long flushedPages, long widenedToAll,
      long duplicates) {
    /** None at all. */
    public static final FlushCosts NONE = new FlushCosts(0, 0, 0, 0, 0, 0);

    /** Flushed ÷ requested pages of requests that did not become all pages; 1 without any. */
    public double enlargement() {
      return requestedPages == 0 ? 1 : (double) flushedPages / requestedPages;
    }
  }

  /**
   * Locks, interrupts and their order.
   *
   * @param underTableLocksPs time in which an operation held a page-table lock while it waited for
   *     IOTLBs and ATCs, in ps
   * @param waitedPsByLock the same by lock, page-table locks and others
   * @param interruptsOff the longest stretch of each CPU that had one
   * @param lockOrder cycles in the order of taking locks, as {@code a -> b -> a}: not a verdict, as
   *     some other lock may exclude that they meet
   */
  public record HoldingUp(
      long underTableLocksPs, SortedMap<String, Long> waitedPsByLock,
      List<InterruptsOff> interruptsOff, List<String> lockOrder) {
    /** Nothing held up. */
    public static final HoldingUp NONE =
        new HoldingUp(0, java.util.Collections.emptySortedMap(), List.of(), List.of());
  }

  /** What the kernel's watchdogs would say. */
  public enum Lockup {
    /** Nothing. */
    NONE,
    /** "Watchdog detected hard LOCKUP": no timer interrupt for that long. */
    HARD,
    /** That, and "BUG: soft lockup" once the watchdog thread runs again. */
    HARD_AND_SOFT
  }

  /**
   * The longest stretch with interrupts off on a CPU.
   *
   * @param longestPs its length in ps
   * @param operation on whose behalf, −1 if nobody's
   * @param path that operation's kind, empty if unknown
   * @param lockup what the watchdogs would say
   */
  public record InterruptsOff(
      String cpu, long longestPs, long operation, String path, Lockup lockup) {}
}
