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
 */
public record SweepSpec(
    List<Axis> axes, List<List<Integer>> zips, Filter filter, Repeats repeats, Window window,
    List<String> figures, Optional<Verdict> expect) {

  /**
   * Which operations count: those that begin within it.
   *
   * @param warmUpPs operations that begin earlier are left out, in ps
   * @param untilPs operations that begin then or later are left out, in ps
   */
  public record Window(long warmUpPs, long untilPs) {
    /** All operations. */
    public static Window all() {
      return new Window(0, Long.MAX_VALUE);
    }

    boolean covers(long beganPs) {
      return beganPs >= warmUpPs && beganPs < untilPs;
    }
  }
}
