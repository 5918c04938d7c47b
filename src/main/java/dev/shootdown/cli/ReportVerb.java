package dev.shootdown.cli;

import dev.shootdown.report.Report;
import dev.shootdown.report.ReportTable;
import dev.shootdown.report.TableWriter;
import dev.shootdown.report.UnreadableResult;
import java.util.List;

/** Writes the report of a result directory. */
final class ReportVerb {
  private final Terminal terminal;

  ReportVerb(Terminal terminal) {
    this.terminal = terminal;
  }

  int run(String directory, ReportFormat format) {
    try {
      Report report = Report.open(terminal.file(directory));
      if (format == ReportFormat.html) {
        terminal.out().println("report: " + terminal.shown(report.write()));
      } else {
        terminal.out().print(text(report.title(), report.tables(), format));
      }
      return ExitCode.OK;
    } catch (UnreadableResult wrong) {
      throw problem(wrong);
    }
  }

  /** Tables in a format for standard output. */
  static String text(String title, List<ReportTable> tables, ReportFormat format) {
    return switch (format) {
      case markdown -> TableWriter.markdown(title, tables);
      case csv -> TableWriter.csv(tables);
      case json -> TableWriter.json(tables);
      case html, text -> TableWriter.text(tables);
    };
  }

  /** A bad argument, a broken store, or a version that is not ours. */
  static CliProblem problem(UnreadableResult wrong) {
    int code =
        switch (wrong.kind()) {
          case NOT_RESULTS -> ExitCode.USAGE;
          case DAMAGED -> ExitCode.ENVIRONMENT;
          case OTHER_SCHEMA -> ExitCode.NOT_MODELLED;
        };
    return new CliProblem(code, wrong.getMessage(), wrong);
  }
}
