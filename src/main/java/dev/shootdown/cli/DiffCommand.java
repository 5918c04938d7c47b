package dev.shootdown.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of {@code diff}; {@link DiffVerb} does it. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description = {
      "Holds two runs, or two sweeps, beside each other: settings and figures that changed (of",
      "sweeps with paired intervals), and, where fingerprints should agree and do not, the first",
      "epoch and component that differ (exit code 12).",
      "Example: ./shootdown diff results/A results/B"
    })
final class DiffCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      index = "0",
      paramLabel = "A",
      description = "The result directory of a run, or of a sweep.")
  private String left;

  @Parameters(index = "1", paramLabel = "B", description = "That of another.")
  private String right;

  @Option(
      names = "--format",
      paramLabel = "text|markdown|csv|json",
      defaultValue = "text",
      description = "How standard output is written (default: ${DEFAULT-VALUE}).")
  private ReportFormat format;

  DiffCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (format == ReportFormat.html) {
      throw CliProblem.usage("diff writes text, markdown, csv or json, not html");
    }
    return new DiffVerb(terminal).run(left, right, format);
  }
}
