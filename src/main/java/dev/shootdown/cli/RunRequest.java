package dev.shootdown.cli;

import dev.shootdown.report.TraceForm;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What {@code run} was asked for.
 *
 * @param settings {@code path=value}, as from {@code -D}
 * @param commandLine the arguments as given
 */
record RunRequest(
    ScenarioName scenario, List<String> settings, Mode mode, Results results, Talk talk,
    List<String> commandLine) {
  /** How far to go. */
  enum Mode {
    /** Show the effective configuration. */
    PRINT_CONFIG,
    /** Load, refuse or accept. */
    CHECK,
    /** Run. */
    RUN
  }

  /**
   * What becomes of the results.
   *
   * @param parent the directory that result directories go into
   * @param force replace results that are there already
   * @param traces how to write every fact, if at all
   */
  record Results(Path parent, boolean force, Set<TraceForm> traces) {}

  /**
   * How to talk while running and after.
   *
   * @param debug show stack traces
   */
  record Talk(OutputFormat format, Progress.Manner progress, boolean debug) {}
}
