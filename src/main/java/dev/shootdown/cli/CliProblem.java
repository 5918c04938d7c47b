package dev.shootdown.cli;

/** Ends a verb with one message and an exit code. */
final class CliProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  CliProblem(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** A refusal of what was asked for. */
  static CliProblem usage(String message) {
    return new CliProblem(ExitCode.USAGE, message, null);
  }

  int exitCode() {
    return exitCode;
  }
}
