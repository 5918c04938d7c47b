package dev.shootdown.bench;

import dev.shootdown.engine.RunOutcome;
import dev.shootdown.engine.SystemPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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

  /**
   * Measures all of {@code sizes}, on one worker and on two, in {@link Rounds}.
   *
   * @param told hears of what is done
   * @return two rows for each size, in their order
   */
  public List<Row> measure(List<Size> sizes, Consumer<String> told) {
    try (SystemPool pool = new SystemPool()) {
      List<Samples> all = sizes.stream().map(of -> new Samples(of, pool)).toList();
      Rounds.run(all, warmUp, repeats, told);
      return all.stream().flatMap(Samples::rows).toList();
    }
  }

  /** What came of the counted runs of one size. */
  private final class Samples implements Rounds.Entrant {
    private final Size of;
    private final SystemPool pool;
    private final Phold phold;
    private final double[] bare = new double[repeats];
    private final double[][] ours = new double[WORKERS_MOST][repeats];
    private final double[] perWindow = new double[WORKERS_MOST];
    private final double[] lineNs = new double[repeats];

    Samples(Size of, SystemPool pool) {
      this.of = of;
      this.pool = pool;
      this.phold = new Phold(of.components(), of.eventsEach());
    }

    @Override
    public String name() {
      return of.toString();
    }

    @Override
    public void practise() {
      bareRate(phold, of, -1);
      for (int workers = 1; workers <= WORKERS_MOST; workers++) {
        actorRate(phold, of, pool, workers, -1, perWindow);
      }
    }

    @Override
    public double take(int round) {
      bare[round] = bareRate(phold, of, round);
      ours[0][round] = actorRate(phold, of, pool, 1, round, perWindow);
      double beforeNs = LineDistance.nanos(warmUp.nanoClock());
      for (int workers = 2; workers <= WORKERS_MOST; workers++) {
        ours[workers - 1][round] = actorRate(phold, of, pool, workers, round, perWindow);
      }
      lineNs[round] = (beforeNs + LineDistance.nanos(warmUp.nanoClock())) / 2;
      return ours[WORKERS_MOST - 1][round] / ours[0][round];
    }

    Stream<Row> rows() {
      return IntStream.rangeClosed(1, WORKERS_MOST).mapToObj(this::row);
    }

    private Row row(int workers) {
      double[] own = ours[workers - 1];
      return new Row(
          of, workers, Rounds.median(own), Rounds.median(bare), ratio(own, bare),
          ratio(own, ours[0]), perWindow[workers - 1],
          workers == 1 ? 0 : Rounds.median(lineNs));
    }

    private static double ratio(double[] rates, double[] others) {
      double[] ratios = new double[rates.length];
      Arrays.setAll(ratios, i -> rates[i] / others[i]);
      return Rounds.median(ratios);
    }
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
}
