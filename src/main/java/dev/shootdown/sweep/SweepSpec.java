package dev.shootdown.sweep;

import dev.shootdown.check.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * The block {@code sweep} of a scenario, read and checked.
 *
 * @param axes the first varies slowest
 * @param zips sets of axes, by their place, that vary in lockstep
 * @param filter which combinations are points
 * @param figures metrics that tables begin with; the mean latency of each operation if empty
 * @param expect the verdict that each run must come to, if any
 * @param boundary where a figure passes a threshold, if that is asked for
 */
public record SweepSpec(
    List<Axis> axes, List<List<Integer>> zips, Filter filter, Repeats repeats, Window window,
    List<String> figures, Optional<Verdict> expect, Optional<Boundary> boundary) {

  /**
   * A threshold to find.
   *
   * @param figure of each point, its mean
   * @param above points whose figure is greater lie on the other side
   * @param along the axis, by its place, along which the boundary is looked for
   */
  public record Boundary(String figure, double above, int along) {}

  /**
   * Which operations and faults count: those that begin within it.
   *
   * @param warmUpPs what begins earlier is left out, in ps
   * @param untilPs what begins then or later is left out, in ps
   * @param starvedAfterPs a fault that waited longer counts as starved, in ps
   */
  public record Window(long warmUpPs, long untilPs, long starvedAfterPs) {
    /** All of them. */
    public static Window all() {
      return new Window(0, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    boolean covers(long beganPs) {
      return beganPs >= warmUpPs && beganPs < untilPs;
    }
  }
}
