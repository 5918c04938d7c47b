package dev.shootdown.bench;

import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.scenario.ScenarioRun;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Times a whole machine on one worker, with fingerprint and judges and without writing anything.
 * The judges have a thread of their own where there is a processor for it, as in {@code run}. An
 * event is one delivered message or timer.
 */
public final class MachineBench {
  /**
   * What came out.
   *
   * @param parts components of the machine, the software's among them
   * @param events events of a run
   * @param operations kernel operations of a run, faults among them
   * @param eventsPerSecond the median over the runs
   * @param verdict what the judges said
   * @param heapBytesEach heap that a finished run still holds for each part, the judges' books
   *     among it, before it is let go
   */
  public record Row(
      int parts, long events, long operations, double eventsPerSecond, String verdict,
      long heapBytesEach) {}

  private final LongSupplier nanoClock;
  private final LongSupplier usedHeapBytes;
  private final int repeats;

  /**
   * A benchmark.
   *
   * @param nanoClock a monotonic clock in ns
   * @param usedHeapBytes the heap that is in use, in bytes, what is unreachable left out
   * @param repeats counted runs, ≥ 1, after one to warm up
   */
  public MachineBench(LongSupplier nanoClock, LongSupplier usedHeapBytes, int repeats) {
    this.nanoClock = nanoClock;
    this.usedHeapBytes = usedHeapBytes;
    this.repeats = repeats;
  }

  /** Measures {@code scenario}. */
  public Row measure(Scenario scenario) {
    double[] rates = new double[repeats];
    ScenarioResult result = null;
    long heldBytes = 0;
    int parts = 0;
    try (SystemPool pool = new SystemPool()) {
      for (int i = -1; i < repeats; i++) {
        long emptyBytes = i < 0 ? usedHeapBytes.getAsLong() : 0;
        ScenarioRun run =
            new ScenarioRun(pool, scenario, scenario.run().seed(), 1, false, new StopFlag())
                .judgedApart();
        long startNs = nanoClock.getAsLong();
        result = run.run();
        long ns = Math.max(1, nanoClock.getAsLong() - startNs);
        parts = run.components();
        if (i < 0) {
          heldBytes = usedHeapBytes.getAsLong() - emptyBytes;
        } else {
          rates[i] = result.outcome().events() * 1e9 / ns;
        }
      }
    }
    Arrays.sort(rates);
    return new Row(
        parts, result.outcome().events(), result.judgement().rows().size(), rates[repeats / 2],
        result.judgement().verdictOf(result.outcome().complete()).text(), heldBytes / parts);
  }
}
