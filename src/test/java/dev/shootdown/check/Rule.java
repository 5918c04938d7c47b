package dev.shootdown.check;

/** A rule that a correct machine keeps, and what it comes to if that alone is broken. */
enum Rule {
  /** A page is freed only when no device holds it. */
  FLUSH_DEVICES_BEFORE_FREE(Verdict.STALE_USE),
  /** A page is freed only when no CPU can use it. */
  FLUSH_CPUS_BEFORE_FREE(Verdict.STALE_USE),
  /** An invalidation completes only when the DMA through the entry is over. */
  DRAIN_BEFORE_COMPLETION(Verdict.STALE_USE),
  /** A call returns only when the right is gone everywhere. */
  FLUSH_BEFORE_RETURN(Verdict.STALE_USE),
  /** A completion that an invalidation overtook is not cached. */
  DISCARD_RACING_FILLS(Verdict.STALE_USE),
  /** A flush may wait only within a window that was announced. */
  ANNOUNCE_DEFERRED_FLUSH(Verdict.STALE_USE),
  /** A page-table page is freed only when no walker knows it. */
  DROP_WALKS_BEFORE_TABLE_FREE(Verdict.STALE_WALK),
  /** A page gets another frame only when nobody holds the old one. */
  FLUSH_BEFORE_REPOINT(Verdict.COW_BREACH),
  /** Fork ends only when nobody can write what is shared. */
  FLUSH_BEFORE_END_OF_FORK(Verdict.COW_BREACH),
  /** A copy begins only when nobody can write. */
  PROTECT_BEFORE_COPY(Verdict.COW_BREACH),
  /** KSM compares only when nobody can write. */
  FLUSH_BEFORE_COMPARE(Verdict.COW_BREACH),
  /** A frame becomes clean only when the next write must fault. */
  FLUSH_BEFORE_CLEAN(Verdict.LOST_DIRTY),
  /** Who writes to a clean page leaves a dirty bit. */
  RECORD_WRITES(Verdict.LOST_DIRTY),
  /** A subscriber drops its entries before its start returns. */
  ZAP_AT_START(Verdict.PROTOCOL_BREACH),
  /** A subscriber fills nothing between start and end. */
  REFUSE_FILLS_IN_BRACKET(Verdict.PROTOCOL_BREACH),
  /** Every start of a bracket has its end. */
  CLOSE_BRACKETS(Verdict.PROTOCOL_BREACH),
  /** A fault is served in the end. */
  SERVE_FAULTS(Verdict.NO_PROGRESS);

  private final Verdict verdict;

  Rule(Verdict verdict) {
    this.verdict = verdict;
  }

  Verdict verdict() {
    return verdict;
  }
}
