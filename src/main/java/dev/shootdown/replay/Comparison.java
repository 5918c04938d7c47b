package dev.shootdown.replay;

import java.util.List;

/**
 * A recorded trace beside its simulated run.
 *
 * @param rows by operation and size, in that order
 * @param recorded flushes of the recorded kernel over the whole trace
 * @param recordedInside those of them that belong to replayed operations
 * @param simulatedIpis flush interrupts of the simulated run, in operations
 * @param simulatedIntents operations' flushes that had another CPU to interrupt, or none
 * @param skipped calls that are not modelled or that failed
 * @param verdict what the judges say of the simulated run
 * @param fingerprint of the simulated run
 * @param events of the simulated run
 * @param remarks what the reader found odd in the trace, and which address spaces were inferred
 */
public record Comparison(
    List<Row> rows,
    FlushCounts recorded,
    FlushCounts recordedInside,
    long simulatedIpis,
    long simulatedIntents,
    long skipped,
    String verdict,
    String fingerprint,
    long events,
    List<String> remarks) {

  /**
   * Operations of one kind and size.
   *
   * @param pages size of the call's range; 0 for all sizes together
   * @param count how many there were
   * @param recordedNs recorded durations
   * @param simulatedNs simulated durations
   * @param recordedFlushes local flushes in the recording (reason 3)
   * @param simulatedFlushes CPU flushes in the simulated run
   * @param recordedIpis flush interrupts that the recorded kernel queued
   * @param simulatedIpis flush interrupts of the simulated run
   * @param unexplained intents (reason 4) without an interrupt that no line explains
   */
  public record Row(
      String operation,
      long pages,
      int count,
      Percentiles recordedNs,
      Percentiles simulatedNs,
      long recordedFlushes,
      long simulatedFlushes,
      long recordedIpis,
      long simulatedIpis,
      long unexplained) {
    /** Simulated over recorded median, minus one. */
    public double error() {
      return (double) simulatedNs.p50() / recordedNs.p50() - 1;
    }
  }
}
