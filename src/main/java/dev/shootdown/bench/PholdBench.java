package dev.shootdown.bench;

import dev.shootdown.engine.RunOutcome;
import dev.shootdown.engine.SystemPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Times PHOLD over actors, on one worker and on several, and over the bare loop, in turns in one
 * process, and gives the medians of the ratios of runs that followed each other: what changes the
 * machine's speed meanwhile changes that of all. The caller brings the stopwatch, so that this room
 * has no clock of its own.
 */
public final class PholdBench {
  /** What is measured: {@code components} × {@code eventsEach}. */
  public record Size(int components, int eventsEach, boolean fingerprint) {
    @Override
    public String toString() {
      return components + " x " + eventsEach + ", fingerprint " + (fingerprint ? "on" : "off");
    }
  }

  /**
   * What came out; medians.
   *
   * @param workers threads of our runs; the bare loop has one
   * @param eventsPerSecond of wall time
   * @param ratio our events per second ÷ the bare loop's
   * @param overOne our events per second ÷ those on one worker
   * @param eventsPerWindow and worker
   * @param lineNs what a line of cache took from one thread to another, before and after the runs
   *     on several workers; 0 for one worker
   */
  public record Row(
      Size of, int workers, double eventsPerSecond, double bareEventsPerSecond, double ratio,
      double overOne, double eventsPerWindow, double lineNs) {}

  /** One in how many of a run's events comes before the stopwatch starts. */
  private static final int HEAD = 8;

  private static final int WORKERS_MOST = 2;

  private final WarmUp warmUp;
  private final int repeats;
  private final long eventsPerRun;

  /**
   * A benchmark.
   *
   * @param warmUp for each size; its clock is the one for all
   * @param repeats counted runs of each, ≥ 1
   * @param eventsPerRun about how many events a run delivers
   */
  public PholdBench(WarmUp warmUp, int repeats, long eventsPerRun) {
    this.warmUp = warmUp;
    this.repeats = repeats;
    this.eventsPerRun = eventsPerRun;
  }

  /** The sizes whose figures the README gives. */
  public static List<Size> published() {
    List<Size> sizes = new ArrayList<>();
    for (boolean fingerprint : new boolean[] {false, true}) {
      sizes.add(new Size(64, 1, fingerprint));
      sizes.add(new Size(1_024, 16, fingerprint));
      sizes.add(new Size(16_384, 16, fingerprint));
    }
    return sizes;
  }

  /** Measures one size, on one worker and on two. */
  public List<Row> measure(Size of) {
    double[] bare = new double[repeats];
    double[][] ours = new double[WORKERS_MOST][repeats];
    double[] perWindow = new double[WORKERS_MOST];
    double[] lineNs = new double[repeats];
    Phold phold = new Phold(of.components(), of.eventsEach());
    try (SystemPool pool = new SystemPool()) {
      warmUp.repeat(
          () -> {
            bareRate(phold, of, -1);
            for (int workers = 1; workers <= WORKERS_MOST; workers++) {
              actorRate(phold, of, pool, workers, -1, perWindow);
            }
          });
      for (int i = 0; i < repeats; i++) {
        bare[i] = bareRate(phold, of, i);
        ours[0][i] = actorRate(phold, of, pool, 1, i, perWindow);
        double beforeNs = LineDistance.nanos(warmUp.nanoClock());
        for (int workers = 2; workers <= WORKERS_MOST; workers++) {
          ours[workers - 1][i] = actorRate(phold, of, pool, workers, i, perWindow);
        }
        lineNs[i] = (beforeNs + LineDistance.nanos(warmUp.nanoClock())) / 2;
      }
    }
    List<Row> rows = new ArrayList<>();
    for (int workers = 1; workers <= WORKERS_MOST; workers++) {
      double[] own = ours[workers - 1];
      rows.add(
          new Row(
              of, workers, median(i -> own[i]), median(i -> bare[i]),
              median(i -> own[i] / bare[i]), median(i -> own[i] / ours[0][i]),
              perWindow[workers - 1], workers == 1 ? 0 : median(i -> lineNs[i])));
    }
    return rows;
  }

  private double bareRate(Phold phold, Size of, int seed) {
    BareLoop loop = new BareLoop(phold, seed);
    loop.run(phold.untilPs(eventsPerRun / HEAD), of.fingerprint());
    long start = warmUp.nanoClock().getAsLong();
    long events = loop.run(phold.untilPs(eventsPerRun), of.fingerprint());
    return events * 1e9 / Math.max(1, warmUp.nanoClock().getAsLong() - start);
  }

  private double actorRate(
      Phold phold, Size of, SystemPool pool, int workers, int seed, double[] perWindow) {
    // The bare loop's first eighth is not timed either: spawning and the first events, which grow
    // queue and pools, are subtracted as a run of that length.
    final long headStart = warmUp.nanoClock().getAsLong();
    final RunOutcome head =
        phold.run(pool, eventsPerRun / HEAD, workers, of.fingerprint(), seed);
    final long start = warmUp.nanoClock().getAsLong();
    final RunOutcome whole = phold.run(pool, eventsPerRun, workers, of.fingerprint(), seed);
    final long end = warmUp.nanoClock().getAsLong();
    perWindow[workers - 1] = whole.events() / (double) whole.windows().count() / workers;
    long tailNs = end - start - (start - headStart);
    // Where that takes most of the time, runs are too short to tell: the whole one's rate, then.
    return tailNs < (end - start) / 2
        ? whole.events() * 1e9 / Math.max(1, end - start)
        : (whole.events() - head.events()) * 1e9 / tailNs;
  }

  private double median(IntToDoubleFunction values) {
    double[] sorted = new double[repeats];
    Arrays.setAll(sorted, values);
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
