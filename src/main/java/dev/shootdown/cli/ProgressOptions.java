package dev.shootdown.cli;

import picocli.CommandLine.Option;

/** How progress is told; shared by the verbs that take a while. */
final class ProgressOptions {
  @Option(names = "--quiet", description = "No progress on standard error.")
  private boolean quiet;

  @Option(
      names = "--progress",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "How progress is written (default: ${DEFAULT-VALUE}).")
  private OutputFormat progress;

  Progress.Form form() {
    if (quiet) {
      return Progress.Form.NONE;
    }
    return progress == OutputFormat.json ? Progress.Form.JSON : Progress.Form.TEXT;
  }
}
