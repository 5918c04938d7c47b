package dev.shootdown.museum;

import dev.shootdown.scenario.RunSpec;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.Variant;
import java.util.List;
import java.util.Optional;

/**
 * One of the ways in which a piece is run. The first is the scenario as written; in each other one
 * messages take random times, drawn with its own seed, and simultaneous events change places.
 *
 * @param exhibit whose piece it is
 * @param piece what is run
 * @param number which way it is, from 1
 */
record Schedule(Exhibit exhibit, Exhibit.Piece piece, int number) {
  /** Whether messages take random times. */
  private boolean isShaken() {
    return number > 1;
  }

  /** Seed of the dice. */
  long seed() {
    return isShaken() ? number : piece.plain().scenario().run().seed();
  }

  /** What is run, before its schedule is applied. */
  Variant variant() {
    return isShaken() ? piece.shaken() : piece.plain();
  }

  /** The scenario to run. */
  Scenario scenario() {
    return of(variant().scenario());
  }

  /** A scenario like that of {@link #variant}, in this schedule. */
  Scenario of(Scenario written) {
    if (!isShaken()) {
      return written;
    }
    RunSpec other = written.run().with(seed(), Optional.of((long) number));
    return new Scenario(
        written.title(), written.question(), written.expect(), other, written.machine(),
        written.kernel(), written.processes(), written.files(), written.work(), written.dma(),
        written.accesses(), written.servers());
  }

  /**
   * The command that runs it again.
   *
   * @param file the scenario's name for a person
   */
  String command(String file) {
    StringBuilder command = new StringBuilder("./shootdown run ");
    command.append(file).append(':').append(piece.plain().name());
    command.append(" --seed ").append(seed());
    if (isShaken()) {
      command.append(" -D \"run.tie-order=seed ").append(number).append('"');
      List<String> shaking = exhibit.shaking();
      shaking.forEach(setting -> command.append(" -D '").append(setting).append('\''));
    }
    return command.append(" --force").toString();
  }
}
