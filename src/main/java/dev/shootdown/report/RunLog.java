package dev.shootdown.report;

import dev.shootdown.check.Finding;
import dev.shootdown.check.LedgerGap;
import dev.shootdown.check.LedgerRow;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The run told in virtual time: what the caller noted, what was found, and how it ended. */
final class RunLog {
  private RunLog() {}

  static void write(Writer out, RunRecord record) throws IOException {
    List<Collected.LogLine> lines = new ArrayList<>(record.collected().log());
    for (Finding finding : record.judgement().findings()) {
      lines.add(
          new Collected.LogLine(
              finding.atPs(), finding.verdict().text() + ": " + finding.summary()));
    }
    for (LedgerGap gap : record.judgement().gaps()) {
      lines.add(new Collected.LogLine(gap.atPs(), "ledger open: " + gap.line()));
    }
    record
        .outcome()
        .failure()
        .ifPresent(
            failure ->
                lines.add(new Collected.LogLine(failure.atPs(), "failed: " + failure.line())));
    lines.sort(Comparator.comparingLong(Collected.LogLine::atPs));
    for (LedgerRow row : record.judgement().unfinished()) {
      lines.add(
          new Collected.LogLine(
              record.outcome().endPs(),
              "unfinished: " + row.kind() + " on " + row.cpu() + ", operation " + row.operation()
                  + ", begun at " + Duration.ns(row.beganPs()) + " ns"));
    }
    lines.add(
        new Collected.LogLine(
            record.outcome().endPs(),
            "end: " + record.outcome().events() + " events, "
                + (record.outcome().complete() ? "complete" : "with events left") + ", verdict "
                + record.verdict().text()));
    for (Collected.LogLine line : lines) {
      out.write(String.format(Locale.ROOT, "%15s ns  %s\n", Duration.ns(line.atPs()), line.text()));
    }
  }
}
