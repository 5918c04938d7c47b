package dev.shootdown.cli;

import dev.shootdown.report.Difference;
import dev.shootdown.report.UnreadableResult;

/** Tells what differs between two runs. */
final class DiffVerb {
  private final Terminal terminal;

  DiffVerb(Terminal terminal) {
    this.terminal = terminal;
  }

  int run(String left, String right, ReportFormat format) {
    try {
      Difference difference =
          Difference.between(terminal.file(left), terminal.file(right));
      String title = "Two runs";
      terminal.out().print(ReportVerb.text(title, difference.tables(), format));
      if (format == ReportFormat.text || format == ReportFormat.markdown) {
        terminal.out().println();
        difference.sentences().forEach(terminal.out()::println);
      } else {
        difference.sentences().forEach(terminal.err()::println);
      }
      return difference.isDiverged() ? ExitCode.DIVERGED : ExitCode.OK;
    } catch (UnreadableResult wrong) {
      throw ReportVerb.problem(wrong);
    }
  }
}
