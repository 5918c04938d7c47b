package dev.shootdown.cli;

import dev.shootdown.scenario.Scenario;
import dev.shootdown.sweep.LocalRunner;
import dev.shootdown.sweep.Point;
import dev.shootdown.sweep.PointLoader;
import dev.shootdown.sweep.Sweep;
import dev.shootdown.sweep.SweepPlan;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/** Checks a sweep and runs a few of its points, to tell how long all of it will take. */
final class SweepPilot {
  private static final int PILOTS = 8;
  private static final long BUDGET_NS = 5_000_000_000L;
  private static final double NS_PER_S = 1e9;

  private final Terminal terminal;
  private final SweepRequest request;
  private final SweepPlan plan;

  SweepPilot(Terminal terminal, SweepRequest request, SweepPlan plan) {
    this.terminal = terminal;
    this.request = request;
    this.plan = plan;
  }

  int run(List<Point> points, SweepTelling telling) {
    PointLoader loader = PointLoader.of(plan);
    SortedMap<Integer, Scenario> ready = Sweep.check(loader, plan, points);
    telling.list(points);
    telling.count(points);
    double perRunS = perRunS(points, loader, ready);
    long runs = (long) points.size() * plan.spec().repeats().atLeast();
    double leftS = perRunS * runs / request.store().jobs();
    terminal.err().println(
        String.format(
            Locale.ROOT, "a pilot run took %.1f ms; all runs will take about %.0f s with %d jobs",
            1000 * perRunS, Math.max(1, leftS), request.store().jobs()));
    return ExitCode.OK;
  }

  /** From points all over the sweep; the later half of them counts, when the JVM is warm. */
  private double perRunS(List<Point> points, PointLoader loader,
      SortedMap<Integer, Scenario> ready) {
    int pilots = Math.min(PILOTS, points.size());
    long beganNs = System.nanoTime();
    long markNs = beganNs;
    int counted = 0;
    try (LocalRunner runner = new LocalRunner()) {
      for (int i = 0; i < pilots && System.nanoTime() - beganNs < BUDGET_NS; i++) {
        Point point = points.get((int) ((long) i * points.size() / pilots));
        if (i == pilots / 2) {
          markNs = System.nanoTime();
          counted = 0;
        }
        Scenario scenario =
            ready.containsKey(point.index())
                ? ready.get(point.index())
                : loader.loadAll(List.of(point)).get(point.index());
        runner.run(scenario, plan.seedOf(point, 0));
        counted++;
      }
    }
    return (System.nanoTime() - markNs) / NS_PER_S / Math.max(1, counted);
  }
}
