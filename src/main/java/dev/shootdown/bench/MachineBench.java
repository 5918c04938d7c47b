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

  private final WarmUp warmUp;
  private final LongSupplier usedHeapBytes;
  private final int repeats;

  /**
   * A benchmark.
   *
   * @param warmUp for each machine; its clock is the one for all
   * @param usedHeapBytes the heap that is in use, in bytes, what is unreachable left out
   * @param repeats counted runs, ≥ 1
   */
  public MachineBench(WarmUp warmUp, LongSupplier usedHeapBytes, int repeats) {
    this.warmUp = warmUp;
    this.usedHeapBytes = usedHeapBytes;
    this.repeats = repeats;
  }

  /** Measures {@code scenario}. */
  public Row measure(Scenario scenario) {
    double[] rates = new double[repeats];
    Last last = new Last();
    long heldBytes;
    try (SystemPool pool = new SystemPool()) {
      long emptyBytes = usedHeapBytes.getAsLong();
      rate(pool, scenario, last);
      heldBytes = usedHeapBytes.getAsLong() - emptyBytes;
      warmUp.repeat(() -> rate(pool, scenario, last));
      for (int i = 0; i < repeats; i++) {
        rates[i] = rate(pool, scenario, last);
      }
    }
    Arrays.sort(rates);
    ScenarioResult result = last.result;
    return new Row(
        last.parts, result.outcome().events(), result.judgement().rows().size(),
        rates[repeats / 2], result.judgement().verdictOf(result.outcome().complete()).text(),
        heldBytes / last.parts);
  }

  private double rate(SystemPool pool, Scenario scenario, Last last) {
    // The one before is not to be there while this one runs.
    last.result = null;
    ScenarioRun run =
        new ScenarioRun(pool, scenario, scenario.run().seed(), 1, false, new StopFlag())
            .judgedApart();
    long startNs = warmUp.nanoClock().getAsLong();
    last.result = run.run();
    long ns = Math.max(1, warmUp.nanoClock().getAsLong() - startNs);
    last.parts = run.components();
    return last.result.outcome().events() * 1e9 / ns;
  }

  /** What the last run left. */
  private static final class Last {
    private ScenarioResult result;
    private int parts;
  }
}
