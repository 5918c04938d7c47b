package dev.shootdown.bench;

import dev.shootdown.engine.RunOutcome;
import dev.shootdown.engine.SystemPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Times PHOLD over actors and over the bare loop, in turns in one process, and gives the ratio of
 * the medians. The caller brings the stopwatch, so that this room has no clock of its own.
 */
public final class PholdBench {
  /** What is measured: {@code components} × {@code eventsEach} on {@code workers} threads. */
  public record Case(int components, int eventsEach, int workers, boolean fingerprint) {}

  /** What came out: medians of events per second, and their ratio to the bare loop. */
  public record Row(
      Case of,
      double eventsPerSecond,
      double bareEventsPerSecond,
      double ratio,
      double eventsPerWindow) {}

  /** One in how many of a run's events comes before the stopwatch starts. */
  private static final int HEAD = 8;

  private final LongSupplier nanoClock;
  private final Consumer<String> progress;
  private final int repeats;
  private final long eventsPerRun;

  /**
   * A benchmark.
   *
   * @param nanoClock a monotonic clock in ns
   * @param repeats counted runs of each, ≥ 1, after one warm-up
   * @param eventsPerRun about how many events a run delivers
   */
  public PholdBench(
      LongSupplier nanoClock, Consumer<String> progress, int repeats, long eventsPerRun) {
    this.nanoClock = nanoClock;
    this.progress = progress;
    this.repeats = repeats;
    this.eventsPerRun = eventsPerRun;
  }

  /** The sizes whose figures the README gives. */
  public static List<Case> published() {
    List<Case> cases = new ArrayList<>();
    for (boolean fingerprint : new boolean[] {false, true}) {
      for (int workers = 1; workers <= 2; workers++) {
        cases.add(new Case(64, 1, workers, fingerprint));
        cases.add(new Case(1_024, 16, workers, fingerprint));
        cases.add(new Case(16_384, 16, workers, fingerprint));
      }
    }
    return cases;
  }

  /** Measures one case. */
  public Row measure(Case of) {
    Phold phold = new Phold(of.components(), of.eventsEach());
    double[] ours = new double[repeats];
    double[] bare = new double[repeats];
    double perWindow = 0;
    try (SystemPool pool = new SystemPool()) {
      for (int i = -1; i < repeats; i++) {
        double bareRate = bareRate(phold, of, i);
        RunOutcome[] outcome = new RunOutcome[1];
        double rate = actorRate(phold, of, pool, i, outcome);
        if (i >= 0) {
          bare[i] = bareRate;
          ours[i] = rate;
          perWindow =
              outcome[0].events() / (double) outcome[0].windows().count() / of.workers();
        }
      }
    }
    double oursMedian = median(ours);
    double bareMedian = median(bare);
    Row row = new Row(of, oursMedian, bareMedian, oursMedian / bareMedian, perWindow);
    progress.accept(of.components() + " x " + of.eventsEach() + ", " + of.workers() + " workers");
    return row;
  }

  private double bareRate(Phold phold, Case of, int seed) {
    BareLoop loop = new BareLoop(phold, seed);
    loop.run(phold.untilPs(eventsPerRun / HEAD), of.fingerprint());
    long start = nanoClock.getAsLong();
    long events = loop.run(phold.untilPs(eventsPerRun), of.fingerprint());
    return events * 1e9 / (nanoClock.getAsLong() - start);
  }

  private double actorRate(
      Phold phold, Case of, SystemPool pool, int seed, RunOutcome[] outcome) {
    // The bare loop's first eighth is not timed either: spawning and the first events, which grow
    // queue and pools, are subtracted as a run of that length.
    long headStart = nanoClock.getAsLong();
    RunOutcome head =
        phold.run(pool, eventsPerRun / HEAD, of.workers(), of.fingerprint(), seed);
    long headNs = nanoClock.getAsLong() - headStart;
    long start = nanoClock.getAsLong();
    outcome[0] = phold.run(pool, eventsPerRun, of.workers(), of.fingerprint(), seed);
    long ns = nanoClock.getAsLong() - start;
    return (outcome[0].events() - head.events()) * 1e9 / Math.max(1, ns - headNs);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
