package dev.shootdown.sweep;

import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.scenario.ScenarioRun;
import java.util.function.BiFunction;

/**
 * What tables of a sweep tell beside its numbers.
 *
 * @param again the command that does the sweep again
 * @param reproduce the command that shows a run alone
 * @param machine the machine of the first point that was run, as JSON; empty if it isn't known
 */
public record Surroundings(
    String again, BiFunction<Point, Integer, String> reproduce, String machine) {

  /** The machine of a point as JSON: a run that is stopped before it begins tells no more. */
  public static String machine(PointLoader loader, Point point) {
    StopFlag stop = new StopFlag();
    stop.raise();
    try (SystemPool pool = new SystemPool()) {
      return new ScenarioRun(
              pool, loader.load(point), 1, 1, (atPs, component, fact) -> { }, stop)
          .run().machineJson();
    }
  }
}
