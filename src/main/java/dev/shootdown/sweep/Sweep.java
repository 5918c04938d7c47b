package dev.shootdown.sweep;

import dev.shootdown.config.ConfigProblems;
import dev.shootdown.config.Nearest;
import dev.shootdown.config.Problem;
import dev.shootdown.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Runs what a store lacks.
 *
 * <p>Which runs are missing depends on the plan and the store alone, and each run on its point and
 * seed. So a sweep may be stopped, or killed, and gone on with as often as one likes.
 */
public final class Sweep {
  /** Up to so many points are all made into scenarios, and so checked, before the first run. */
  static final int CHECKED_BEFORE = 512;

  /** What the reason of a failure begins with, if a point could not be built. */
  public static final String REFUSED = "refused: ";

  private final SweepPlan plan;
  private final PointLoader loader;
  private final SweepStore store;
  private final PointRunner runner;
  private final SweepWatch watch;
  private final Spending spending;

  /** A sweep into {@code store} that nobody asks what it costs. */
  public Sweep(
      SweepPlan plan, PointLoader loader, SweepStore store, PointRunner runner, SweepWatch watch) {
    this(plan, loader, store, runner, watch, new Spending(() -> 0));
  }

  /**
   * A sweep into {@code store}.
   *
   * @param runner asked by several threads at a time
   * @param spending told what runs cost
   */
  public Sweep(
      SweepPlan plan, PointLoader loader, SweepStore store, PointRunner runner, SweepWatch watch,
      Spending spending) {
    this.plan = plan;
    this.loader = loader;
    this.store = store;
    this.runner = runner;
    this.watch = watch;
    this.spending = spending;
  }

  /**
   * Checks points as far as it can be done at once: all of them if there are not too many, else
   * each value of each axis; the others are then checked when their turn comes.
   *
   * @return the scenarios that came of it, by the points' index
   * @throws ConfigProblems with every problem at once
   */
  public static SortedMap<Integer, Scenario> check(
      PointLoader loader, SweepPlan plan, List<Point> points) {
    if (points.size() <= CHECKED_BEFORE) {
      return loader.loadAll(points);
    }
    loader.checkValues();
    return new TreeMap<>();
  }

  /**
   * Runs what is missing of {@code points}.
   *
   * @param ready what {@link #check} came to
   * @param jobs threads that run, ≥ 1
   * @return whether nothing is missing any more
   * @throws ConfigProblems if there is no such figure as {@code stop} names
   * @throws dev.shootdown.report.ResultProblem if the store cannot keep what ended
   */
  public boolean run(List<Point> points, SortedMap<Integer, Scenario> ready, int jobs) {
    List<RunResult.RunKey> missing = missing(points);
    while (!missing.isEmpty() && !watch.isStopped()) {
      new Round(jobs, runner).run(items(missing, points, ready));
      missing = watch.isStopped() ? missing : missing(points);
    }
    return missing(points).isEmpty();
  }

  /** The runs that these points lack, in order, as far as it can be told by now. */
  public List<RunResult.RunKey> missing(List<Point> points) {
    SortedMap<RunResult.RunKey, Boolean> runs = store.runs();
    Repeats repeats = plan.spec().repeats();
    RunTable table = repeats.stop().isPresent() ? store.table() : new RunTable();
    repeats.stop().ifPresent(stop -> refuseUnknown(stop.figure(), table));
    SortedMap<Integer, List<Integer>> rows = table.rowsByPoint();
    List<RunResult.RunKey> missing = new ArrayList<>();
    int total = 0;
    for (Point point : points) {
      int index = point.index();
      int wanted =
          repeats.wanted(
              repetition -> runs.containsKey(new RunResult.RunKey(index, repetition)),
              first -> table.estimate(
                  rows.get(index).subList(0, first),
                  repeats.stop().map(Repeats.Stop::figure).orElse("")));
      total += wanted;
      for (int repetition = 0; repetition < wanted; repetition++) {
        RunResult.RunKey key = new RunResult.RunKey(index, repetition);
        if (!runs.containsKey(key)) {
          missing.add(key);
        }
      }
    }
    watch.planned(total - missing.size(), total);
    return missing;
  }

  private static void refuseUnknown(String figure, RunTable table) {
    if (!table.metrics().isEmpty() && !table.metrics().contains(figure)) {
      throw new ConfigProblems(
          List.of(
              new Problem(
                  "", "sweep.stop.figure",
                  "there is no figure '" + figure + "'"
                      + Nearest.to(figure, table.metrics())
                          .map(near -> "; did you mean '" + near + "'?")
                          .orElse("; metrics.csv names them all"))));
    }
  }

  /** Work for one thread at a time: the runs that a point lacks. */
  private List<Round.Item> items(
      List<RunResult.RunKey> missing, List<Point> points, SortedMap<Integer, Scenario> ready) {
    SortedMap<Integer, List<RunResult.RunKey>> byPoint = new TreeMap<>();
    missing.forEach(
        key -> byPoint.computeIfAbsent(key.point(), point -> new ArrayList<>()).add(key));
    List<Round.Item> items = new ArrayList<>();
    if (!ready.isEmpty()) {
      missing.forEach(
          key -> items.add(work -> work.accept(runOf(ready.get(key.point()), key))));
      return items;
    }
    List<Point> lacking =
        points.stream().filter(point -> byPoint.containsKey(point.index())).toList();
    for (Point point : loader.inLoadingOrder(lacking)) {
      items.add(work -> runAll(point, byPoint.get(point.index()), work));
    }
    return items;
  }

  private void runAll(Point point, List<RunResult.RunKey> keys, Round.Work work) {
    try {
      Scenario scenario = loader.load(point);
      keys.forEach(key -> work.accept(runOf(scenario, key)));
    } catch (ConfigProblems some) {
      for (RunResult.RunKey key : keys) {
        long seed = plan.seedOf(point, key.repetition());
        work.accept(
            runner -> RunResult.failed(key, seed, REFUSED + some.problems().get(0).line()));
      }
    }
  }

  private Round.Run runOf(Scenario scenario, RunResult.RunKey key) {
    long seed = plan.seedOf(plan.points().get(key.point()), key.repetition());
    return through -> {
      long markNs = spending.mark();
      try {
        return Measures.of(key, seed, through.run(scenario, seed), plan.spec().window());
      } catch (RuntimeException failed) {
        String why = failed.getMessage() == null ? failed.toString() : failed.getMessage();
        return RunResult.failed(key, seed, why);
      } finally {
        spending.add(Spending.Phase.RUNNING, 1, markNs);
      }
    };
  }

  /** Several threads run, this one keeps what they bring. */
  private final class Round extends Crew {
    Round(int jobs, PointRunner runner) {
      super(jobs, runner);
    }

    @Override
    boolean isStopped() {
      return watch.isStopped();
    }

    @Override
    void keep(List<RunResult> results) {
      long markNs = spending.mark();
      store.add(results);
      spending.add(Spending.Phase.STORING, results.size(), markNs);
      results.forEach(watch::ended);
    }
  }
}
