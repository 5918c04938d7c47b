package dev.shootdown.cli;

import picocli.CommandLine.Option;

/** How progress is told; shared by the verbs that take a while. */
final class ProgressOptions {
  private static final double LEAST_SECONDS = 0.01;
  private static final int MOST_SECONDS = 86_400;

  @Option(names = "--quiet", description = "No progress on standard error.")
  private boolean quiet;

  @Option(
      names = "--progress",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "How progress is written (default: ${DEFAULT-VALUE}).")
  private OutputFormat progress;

  @Option(
      names = "--progress-every",
      paramLabel = "SECONDS",
      defaultValue = "2",
      description = "Time from one line of it to the next (default: ${DEFAULT-VALUE}).")
  private double everySeconds;

  /**
   * How progress is to be told.
   *
   * @throws CliProblem if lines were to follow each other at once, or never
   */
  Progress.Manner manner() {
    if (!(everySeconds >= LEAST_SECONDS && everySeconds <= MOST_SECONDS)) {
      throw CliProblem.usage(
          "--progress-every takes " + LEAST_SECONDS + " to " + MOST_SECONDS + " seconds, not "
              + everySeconds);
    }
    Progress.Form form =
        progress == OutputFormat.json ? Progress.Form.JSON : Progress.Form.TEXT;
    return new Progress.Manner(quiet ? Progress.Form.NONE : form, (long) (everySeconds * 1e3));
  }
}
