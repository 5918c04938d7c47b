package dev.shootdown.sweep;

import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.ConfigProblems;
import dev.shootdown.config.Problem;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.Scenarios;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Runs what a store lacks, wherever there is somebody to do it. What is kept is what {@link Sweep}
 * would have kept: results depend on point and seed alone, and a run that comes back twice is kept
 * once.
 */
public final class SpreadSweep {
  /** Runs of one piece of work, at most: what is lost with a place has to be done again. */
  private static final int RUNS_MOST = 16;

  /** Pieces for each place, at least, so that all are busy to the end. */
  private static final int PIECES_EACH = 16;

  /** What files of accesses may hold, packed, so that a piece stays a message of the transport. */
  private static final int ACCESSES_MOST = 256 << 10;

  private final SweepPlan plan;
  private final PointLoader loader;
  private final SweepStore store;
  private final Spread spread;
  private final SweepWatch watch;
  private final Spending spending;
  private final Map<String, String> texts = new TreeMap<>();

  /**
   * A sweep into {@code store}, done by {@code spread}.
   *
   * @param spending told what keeping runs costs, and running those that are refused
   */
  public SpreadSweep(
      SweepPlan plan, PointLoader loader, SweepStore store, Spread spread, SweepWatch watch,
      Spending spending) {
    this.plan = plan;
    this.loader = loader;
    this.store = store;
    this.spread = spread;
    this.watch = watch;
    this.spending = spending;
  }

  /**
   * Runs what is missing of {@code points}.
   *
   * @return whether nothing is missing any more
   * @throws ConfigProblems if there is no such figure as {@code stop} names, or if files of
   *     accesses are too large for other nodes
   * @throws dev.shootdown.report.ResultProblem if the store cannot keep what ended
   */
  public boolean run(List<Point> points) {
    try (LocalRunner here = new LocalRunner()) {
      refuseTooLarge();
      Sweep local = new Sweep(plan, loader, store, here, watch, spending);
      List<RunResult.RunKey> missing = local.missing(points);
      while (!missing.isEmpty() && !watch.isStopped()) {
        Set<Point> refused = new LinkedHashSet<>();
        spread.run(works(missing), watch::isStopped, outcomes -> keep(outcomes, refused));
        if (!refused.isEmpty()) {
          // Here are the files that the reason has to name.
          local.run(List.copyOf(refused), new TreeMap<Integer, Scenario>(), 1);
        }
        missing = local.missing(points);
      }
      return missing.isEmpty();
    }
  }

  private void keep(List<byte[]> outcomes, Set<Point> refused) {
    List<RunResult> results = new ArrayList<>();
    for (byte[] outcome : outcomes) {
      PortableResults brought = PortableResults.of(outcome);
      results.addAll(brought.results());
      brought.refused().forEach(key -> refused.add(plan.points().get(key.point())));
    }
    long markNs = spending.mark();
    store.add(results);
    spending.add(Spending.Phase.STORING, results.size(), markNs);
    results.forEach(watch::ended);
  }

  private List<Supplier<byte[]>> works(List<RunResult.RunKey> missing) {
    int most =
        Math.max(1, Math.min(RUNS_MOST, missing.size() / (PIECES_EACH * spread.places())));
    SortedMap<Integer, List<RunResult.RunKey>> byPoint = new TreeMap<>();
    missing.forEach(
        key -> byPoint.computeIfAbsent(key.point(), point -> new ArrayList<>()).add(key));
    List<Supplier<byte[]>> works = new ArrayList<>();
    List<RunResult.RunKey> piece = new ArrayList<>();
    String base = "";
    for (Point point :
        loader.inLoadingOrder(byPoint.keySet().stream().map(plan.points()::get).toList())) {
      String own = loader.baseKey(point);
      for (RunResult.RunKey key : byPoint.get(point.index())) {
        if (piece.size() == most || !own.equals(base)) {
          add(piece, works);
          piece = new ArrayList<>();
          base = own;
        }
        piece.add(key);
      }
    }
    add(piece, works);
    return works;
  }

  /** A message that is too large would be lost on its way. */
  private void refuseTooLarge() {
    long length = Scenarios.accessesLength(plan.config());
    if (length > ACCESSES_MOST) {
      throw new ConfigProblems(
          List.of(
              new Problem(
                  "", "accesses",
                  "the files hold " + (length >> 10) + " KiB, packed, and other nodes can be sent "
                      + (ACCESSES_MOST >> 10)
                      + " KiB; take a part of them, or sweep on one node")));
    }
  }

  private void add(List<RunResult.RunKey> piece, List<Supplier<byte[]>> works) {
    if (!piece.isEmpty()) {
      works.add(() -> work(piece));
    }
  }

  private byte[] work(List<RunResult.RunKey> piece) {
    List<PortableRuns.One> runs = new ArrayList<>();
    for (RunResult.RunKey key : piece) {
      Point point = plan.points().get(key.point());
      List<String> settings = new ArrayList<>();
      for (Level level : point.levels()) {
        level.settings().forEach((path, value) -> settings.add(path + "=" + value));
      }
      settings.addAll(plan.source().overrides());
      runs.add(new PortableRuns.One(key, plan.seedOf(point, key.repetition()), settings));
    }
    Point first = plan.points().get(piece.get(0).point());
    String base =
        texts.computeIfAbsent(
            loader.baseKey(first), key -> ConfigFiles.render(loader.base(first)));
    return new PortableRuns(base, plan.spec().window(), runs).toBytes();
  }
}
