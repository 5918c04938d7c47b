package dev.shootdown.replay;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A recorded trace beside its simulated run.
 *
 * @param rows by operation and size, in that order
 * @param recorded flushes of the recorded kernel over the whole trace
 * @param recordedInside those of them that belong to replayed operations
 * @param simulated the simulated run
 * @param skipped calls that are not modelled or that failed
 * @param remarks what the reader found odd in the trace, and which address spaces were inferred
 */
public record Comparison(
    List<Row> rows,
    FlushCounts recorded,
    FlushCounts recordedInside,
    Simulated simulated,
    long skipped,
    List<String> remarks) {

  /**
   * The simulated run.
   *
   * @param ipis flush interrupts of its operations
   * @param bill what they took
   * @param verdict what the judges say
   * @param events events delivered
   */
  public record Simulated(
      long ipis, Bill bill, String verdict, String fingerprint, long events) {}

  /**
   * One side of a row.
   *
   * @param ns durations; empty where a trace has none, as of faults
   * @param p10Ns the tenth percentile, for the spread; 0 without durations
   * @param flushes local flushes (reason 3 and 2 in a recording)
   * @param ipis flush interrupts
   */
  public record Side(Optional<Percentiles> ns, long p10Ns, long flushes, long ipis) {}

  /**
   * Operations of one kind and size.
   *
   * @param pages size of the call's range; 0 for all sizes together
   * @param count how many there were
   * @param unexplained intents (reason 4) without an interrupt that no line explains
   */
  public record Row(
      String operation, long pages, int count, Side recorded, Side simulated, long unexplained) {
    /** Simulated over recorded median, minus one. */
    public OptionalDouble error() {
      if (recorded.ns().isEmpty() || simulated.ns().isEmpty() || recorded.ns().get().p50() == 0) {
        return OptionalDouble.empty();
      }
      return OptionalDouble.of(
          (double) simulated.ns().get().p50() / recorded.ns().get().p50() - 1);
    }

    /** Whether it is judged: all sizes of a kind that was recorded often enough. */
    public boolean isJudged() {
      return pages == 0 && count >= Goals.COUNT_MIN && error().isPresent();
    }
  }
}
