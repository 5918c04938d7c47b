package dev.shootdown.bench;

import dev.shootdown.engine.PlacementReport;
import dev.shootdown.engine.RunOutcome;
import dev.shootdown.engine.RunWatch;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.engine.WindowReport;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.ScenarioRun;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Times something on one thread beside the same on several threads or nodes, in turns, and gives
 * the median of the ratios of runs that followed each other. The caller brings the stopwatch and
 * the nodes.
 */
public final class ClusterBench {
  /** What is timed. */
  public interface Subject {
    /** What it is called in a table. */
    String name();

    /** Runs it once. */
    RunOutcome run(SystemPool pool, int workers);
  }

  /** PHOLD, for about {@code events} events. */
  public static Subject phold(Phold phold, long events) {
    return new Subject() {
      @Override
      public String name() {
        return "phold " + phold.components() + " x " + phold.eventsEach();
      }

      @Override
      public RunOutcome run(SystemPool pool, int workers) {
        return phold.run(pool, events, workers, false, 1);
      }
    };
  }

  /** A whole machine with its judges, whose windows are shared where it pays. */
  public static Subject machine(String name, Scenario scenario, long seed) {
    return machine(name, scenario, seed, run -> run);
  }

  /** The same, whose windows are shared however small they are. */
  public static Subject sharedMachine(String name, Scenario scenario, long seed) {
    return machine(name, scenario, seed, run -> run.sharedFrom(0));
  }

  private static Subject machine(
      String name, Scenario scenario, long seed, UnaryOperator<ScenarioRun> how) {
    return new Subject() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public RunOutcome run(SystemPool pool, int workers) {
        return how.apply(new ScenarioRun(pool, scenario, seed, workers, false, new StopFlag()))
            .run().outcome();
      }
    };
  }

  /**
   * What came out: medians of events per second of wall time in windows.
   *
   * @param ratio shared ÷ alone
   * @param eventsPerWindow of all partitions together
   * @param foldedShare of the windows, run by one thread alone as they are too small to be shared
   * @param windowsPerSecond when shared
   * @param bytesPerEvent of frames from this node; 0 if nothing left it
   * @param waitingShare of this node's threads' time, for each other
   * @param lineNs what a line of cache took from one thread to another, before and after the
   *     shared runs
   */
  public record Row(
      String of, Rates rates, double eventsPerWindow, double foldedShare,
      double windowsPerSecond, double bytesPerEvent, double waitingShare, double lineNs) {
    /** Shared ÷ alone. */
    public double ratio() {
      return rates.ratio();
    }
  }

  /** Events per second on one thread, and shared; and shared ÷ alone. */
  public record Rates(double alone, double shared, double ratio) {}

  private final int repeats;
  private final WarmUp warmUp;

  /**
   * A benchmark.
   *
   * @param warmUp for each subject; its clock is the one for all
   * @param repeats counted runs of each, ≥ 1
   */
  public ClusterBench(WarmUp warmUp, int repeats) {
    this.repeats = repeats;
    this.warmUp = warmUp;
  }

  /** The root of what PHOLD's wires carry. */
  public static List<Class<?>> messages() {
    return List.of(PholdPart.Job.class);
  }

  /** The root of what its parts state. */
  public static List<Class<?>> facts() {
    return List.of(PholdPart.Hop.class);
  }

  /** What is timed, and where it is shared: a pool for each shared run. */
  public record Trial(Subject subject, Supplier<SystemPool> shared) {}

  /**
   * Measures all of {@code trials}, in {@link Rounds}.
   *
   * @param workers threads of each node when shared
   * @param told hears of what is done
   * @return a row for each, in their order
   */
  public List<Row> measure(List<Trial> trials, int workers, Consumer<String> told) {
    try (SystemPool own = new SystemPool()) {
      List<Samples> all =
          trials.stream().map(trial -> new Samples(trial, own, workers)).toList();
      Rounds.run(all, warmUp, repeats, told);
      return all.stream().map(Samples::row).toList();
    }
  }

  /** What came of the counted runs of one trial. */
  private final class Samples implements Rounds.Entrant {
    private final Trial trial;
    private final SystemPool own;
    private final int workers;
    private final Last last = new Last(warmUp.nanoClock());
    private final double[] alone = new double[repeats];
    private final double[] together = new double[repeats];
    private final double[] ratios = new double[repeats];
    private final double[] lineNs = new double[repeats];

    Samples(Trial trial, SystemPool own, int workers) {
      this.trial = trial;
      this.own = own;
      this.workers = workers;
    }

    @Override
    public String name() {
      return trial.subject().name();
    }

    @Override
    public void practise() {
      runAlone();
      runShared();
    }

    private double runAlone() {
      return rate(trial.subject(), own, 1, last);
    }

    private double runShared() {
      return rate(trial.subject(), trial.shared().get(), workers, last);
    }

    @Override
    public double take(int round) {
      alone[round] = runAlone();
      double beforeNs = LineDistance.nanos(warmUp.nanoClock());
      together[round] = runShared();
      ratios[round] = together[round] / alone[round];
      lineNs[round] = (beforeNs + LineDistance.nanos(warmUp.nanoClock())) / 2;
      return ratios[round];
    }

    Row row() {
      WindowReport report = last.report;
      long events = report.events().stream().mapToLong(Long::longValue).sum();
      double waited = report.waitedNs().stream().mapToLong(Long::longValue).sum();
      return new Row(
          name(),
          new Rates(Rounds.median(alone), Rounds.median(together), Rounds.median(ratios)),
          events / (double) Math.max(1, report.windows()),
          report.folded().windows() / (double) Math.max(1, report.windows()),
          report.windows() * 1e9 / Math.max(1, report.elapsedNs()),
          report.sentEvents() == 0 ? 0 : report.sentBytes() / (double) report.sentEvents(),
          waited / Math.max(1, report.waitedNs().size() * report.elapsedNs()),
          Rounds.median(lineNs));
    }
  }

  private static double rate(Subject subject, SystemPool pool, int workers, Last last) {
    RunOutcome outcome = subject.run(pool.watchedBy(last), workers);
    if (outcome.failure().isPresent()) {
      throw new IllegalStateException(outcome.failure().get().line());
    }
    return outcome.events() * 1e9 / Math.max(1, last.report.elapsedNs());
  }

  /** Window sizes whose ratio crosses 1 between two rows, by linear interpolation; or none. */
  public static List<Double> breakEven(List<Row> rows) {
    List<Double> found = new ArrayList<>();
    for (int i = 1; i < rows.size(); i++) {
      double before = rows.get(i - 1).ratio();
      double after = rows.get(i).ratio();
      if ((before - 1) * (after - 1) < 0) {
        double share = (1 - before) / (after - before);
        double from = rows.get(i - 1).eventsPerWindow();
        found.add(from + share * (rows.get(i).eventsPerWindow() - from));
      }
    }
    return found;
  }

  /** Keeps the last report. */
  private static final class Last implements RunWatch {
    private final LongSupplier nanoClock;
    private WindowReport report;

    Last(LongSupplier nanoClock) {
      this.nanoClock = nanoClock;
    }

    @Override
    public long nanoTime() {
      return nanoClock.getAsLong();
    }

    @Override
    public void placed(PlacementReport placed) {
      report = null;
    }

    @Override
    public void ended(WindowReport ended) {
      report = ended;
    }
  }
}
