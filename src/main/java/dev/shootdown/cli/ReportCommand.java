package dev.shootdown.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of {@code report}; {@link ReportVerb} does it. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Makes the report of a result directory anew, from its files alone: of a run, or of a sweep.",
      "Example: ./shootdown report results/ID --format markdown"
    })
final class ReportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "DIR", description = "A result directory.")
  private String directory;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "html",
      description = {
        "html (written to DIR/report.html), or the same tables to standard output as",
        "markdown, text, csv or json (default: ${DEFAULT-VALUE})."
      })
  private ReportFormat format;

  ReportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    return new ReportVerb(terminal).run(directory, format);
  }
}
