package dev.shootdown.cli;

import dev.shootdown.report.Difference;
import dev.shootdown.report.ReportTable;
import dev.shootdown.report.UnreadableResult;
import dev.shootdown.sweep.SweepDifference;
import dev.shootdown.sweep.SweepStore;
import dev.shootdown.sweep.UnlikeSweeps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Tells what differs between two runs, or between two sweeps. */
final class DiffVerb {
  private final Terminal terminal;

  DiffVerb(Terminal terminal) {
    this.terminal = terminal;
  }

  int run(String left, String right, ReportFormat format) {
    Path one = terminal.file(left);
    Path other = terminal.file(right);
    if (isSweep(one) != isSweep(other)) {
      throw CliProblem.usage(
          (isSweep(one) ? left : right) + " is a sweep and " + (isSweep(one) ? right : left)
              + " is none; name two runs, or two sweeps");
    }
    return isSweep(one) ? sweeps(one, other, format) : runs(one, other, format);
  }

  private static boolean isSweep(Path directory) {
    return Files.exists(directory.resolve(SweepStore.FILE));
  }

  private int runs(Path one, Path other, ReportFormat format) {
    try {
      Difference difference = Difference.between(one, other);
      tell("Two runs", difference.tables(), difference.sentences(), format);
      return difference.isDiverged() ? ExitCode.DIVERGED : ExitCode.OK;
    } catch (UnreadableResult wrong) {
      throw ReportVerb.problem(wrong);
    }
  }

  private int sweeps(Path one, Path other, ReportFormat format) {
    try {
      SweepDifference difference = SweepDifference.between(one, other);
      tell("Two sweeps", difference.tables(), difference.sentences(), format);
      return difference.isDiverged() ? ExitCode.DIVERGED : ExitCode.OK;
    } catch (UnlikeSweeps unlike) {
      throw CliProblem.usage(unlike.getMessage());
    } catch (UnreadableResult wrong) {
      throw ReportVerb.problem(wrong);
    }
  }

  private void tell(
      String title, List<ReportTable> tables, List<String> sentences, ReportFormat format) {
    terminal.out().print(ReportVerb.text(title, tables, format));
    if (format == ReportFormat.text || format == ReportFormat.markdown) {
      terminal.out().println();
      sentences.forEach(terminal.out()::println);
    } else {
      sentences.forEach(terminal.err()::println);
    }
  }
}
