package dev.shootdown.sweep;

import dev.shootdown.config.ConfigProblems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Small sweeps for tests. */
final class Plans {
  /** A machine with seven parts that unmaps some pages. */
  static final String SCENARIO =
      """
      include classpath("profiles/two-socket-ats.conf")
      title = "small"
      processes = [ { name = app, home = 0, devices = [nic0],
        areas = [ { name = a, at = "0x7f0000000000", pages = ${sweep.let.pages} } ] } ]
      workload = [ { cpu = cpu0, process = app, do = ["touch a write", "munmap a"] } ]
      wires.reach.latency { kind = exponential, min = 10ns, mean = 60ns }
      sweep.let.pages = 1
      """;

  static final Surroundings SURROUNDINGS =
      new Surroundings("all again", (point, repetition) -> "again", "");

  private Plans() {}

  static Path write(Path folder, String sweep) {
    try {
      return Files.writeString(folder.resolve("small.conf"), SCENARIO + sweep);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  static SweepPlan of(Path folder, String sweep, String... axes) {
    return with(folder, sweep, List.of(), axes);
  }

  static SweepPlan with(Path folder, String sweep, List<String> overrides, String... axes) {
    return SweepPlan.load(
        new SweepSource(
            write(folder, sweep), Optional.empty(), Optional.empty(), overrides, List.of(axes),
            folder));
  }

  /** What is said of a sweep that is wrong; fails if nothing is. */
  static List<String> problems(Path folder, String sweep, String... axes) {
    try {
      SweepPlan plan = of(folder, sweep, axes);
      PointLoader loader = PointLoader.of(plan);
      Sweep.check(loader, plan, plan.points());
    } catch (ConfigProblems found) {
      return found.problems().stream().map(problem -> problem.line()).toList();
    }
    throw new AssertionError("nothing was found wrong");
  }

  static List<List<String>> labels(SweepPlan plan) {
    return plan.points().stream().map(Point::labels).toList();
  }
}
