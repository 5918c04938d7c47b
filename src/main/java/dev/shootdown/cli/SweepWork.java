package dev.shootdown.cli;

import dev.shootdown.cluster.ChoreShare;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.sweep.LocalRunner;
import dev.shootdown.sweep.Point;
import dev.shootdown.sweep.PointLoader;
import dev.shootdown.sweep.Spending;
import dev.shootdown.sweep.SpreadSweep;
import dev.shootdown.sweep.Sweep;
import dev.shootdown.sweep.SweepPlan;
import dev.shootdown.sweep.SweepStore;
import java.util.List;
import java.util.SortedMap;

/** Runs what a sweep's store lacks, on this node or on all that there are. */
record SweepWork(
    SweepPlan plan, PointLoader loader, SweepStore store, SweepProgress progress,
    Spending spending) {
  /** Whether nothing is missing any more; {@code jobs} runs at a time. */
  boolean here(List<Point> points, SortedMap<Integer, Scenario> ready, int jobs) {
    try (LocalRunner runner = new LocalRunner()) {
      return new Sweep(plan, loader, store, runner, progress, spending).run(points, ready, jobs);
    }
  }

  /** As {@link #here}; {@code jobs} of this node alone. */
  boolean spread(List<Point> points, ClusterPlace place, int jobs) {
    try (ChoreShare share = place.share(ClusterChores.SWEEP, jobs)) {
      progress.countNodes(share::nodes);
      return new SpreadSweep(plan, loader, store, ClusterChores.over(share), progress, spending)
          .run(points);
    }
  }
}
