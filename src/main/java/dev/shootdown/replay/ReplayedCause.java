package dev.shootdown.replay;

import dev.shootdown.check.LedgerRow;
import java.util.OptionalLong;

/** A recorded cause, what the recorded kernel made of it, and what the simulated one made of it. */
final class ReplayedCause {
  private final ReplayedOperation operation;
  private final FlushCounts recorded;
  private final boolean timed;
  private long elapsedPs;
  private long flushes;
  private long ipis;

  /**
   * Nothing simulated yet.
   *
   * @param timed whether the trace says when it began and when it was over
   */
  ReplayedCause(ReplayedOperation operation, FlushCounts recorded, boolean timed) {
    this.operation = operation;
    this.recorded = recorded;
    this.timed = timed;
  }

  /** Adds one of its simulated operations. */
  void add(LedgerRow row, long rowFlushes) {
    elapsedPs += row.elapsedPs();
    flushes += rowFlushes;
    ipis += row.ipis();
  }

  String kind() {
    return operation.kind();
  }

  long pages() {
    return operation.pages();
  }

  FlushCounts recorded() {
    return recorded;
  }

  /** How long it took when it was recorded; a trace does not say it of faults. */
  OptionalLong recordedPs() {
    return timed && operation.cause() instanceof SyscallCause call
        ? OptionalLong.of(call.durationPs()) : OptionalLong.empty();
  }

  long elapsedPs() {
    return elapsedPs;
  }

  long flushes() {
    return flushes;
  }

  long ipis() {
    return ipis;
  }
}
