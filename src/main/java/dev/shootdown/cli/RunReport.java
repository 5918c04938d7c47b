package dev.shootdown.cli;

import dev.shootdown.check.LedgerGap;
import dev.shootdown.engine.Failure;
import dev.shootdown.report.Json;
import dev.shootdown.report.RunRecord;
import dev.shootdown.report.Tables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells a terminal, or a program, what came of runs. */
final class RunReport {
  private static final int SCHEMA = 1;

  private final Terminal terminal;
  private final RunRequest.Talk talk;
  private final List<Object> runs = new ArrayList<>();
  private String reproduce = "";
  private int worst = ExitCode.OK;

  RunReport(Terminal terminal, RunRequest.Talk talk) {
    this.terminal = terminal;
    this.talk = talk;
  }

  /** Tells of one run, in text at once. */
  void tell(String label, RunRecord record, Path directory) {
    int code = record.circumstances().exitCode();
    if (code != ExitCode.OK && (worst == ExitCode.OK || code < worst)) {
      worst = code;
      reproduce = record.texts().reproduce();
    }
    if (talk.format() == OutputFormat.json) {
      runs.add(tree(label, record, directory));
    } else {
      text(record, directory);
    }
    record.outcome().failure().ifPresent(failure -> failed(label, failure));
    for (LedgerGap gap : record.judgement().gaps()) {
      terminal.err().println(
          "shootdown: " + label + ": the ledger does not close, " + gap.line());
    }
  }

  /** Ends the report: what failed is shown again by its last line. */
  void end(int exitCode) {
    if (talk.format() == OutputFormat.json) {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("schema", SCHEMA);
      tree.put("exit_code", exitCode);
      tree.put("runs", runs);
      terminal.out().print(Json.text(tree));
    } else if (!reproduce.isEmpty()) {
      terminal.out().flush();
      terminal.out().println("reproduce: " + reproduce);
    }
  }

  private void text(RunRecord record, Path directory) {
    StringBuilder text = new StringBuilder();
    text.append(Tables.verdictLine(record)).append('\n');
    text.append(record.identity().title()).append('\n');
    paragraph(text, Tables.ledger(record.judgement().rows()));
    paragraph(text, Tables.exposures(record.judgement().exposures()));
    paragraph(text, Tables.trouble(record.collected().stats()));
    witness(record).ifPresent(chart -> paragraph(text, chart));
    text.append('\n').append("results: ").append(terminal.shown(directory)).append('\n');
    terminal.out().println(text);
  }

  private static void paragraph(StringBuilder text, String lines) {
    if (!lines.isEmpty()) {
      text.append('\n').append(lines).append(lines.endsWith("\n") ? "" : "\n");
    }
  }

  /** The witness of the finding that the verdict is about, in a line if it has none. */
  private static Optional<String> witness(RunRecord record) {
    return record.judgement().told().map(
        finding ->
            finding.witness(record.texts().reproduce())
                .orElse(finding.verdict().text() + ": " + finding.summary()));
  }

  private void failed(String label, Failure failure) {
    terminal.err().println("shootdown: " + label + ": internal failure in " + failure.line());
    if (failure.cause() != null && talk.debug()) {
      failure.cause().printStackTrace(terminal.err());
    }
  }

  private Map<String, Object> tree(String label, RunRecord record, Path directory) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("scenario", label);
    tree.put("title", record.identity().title());
    tree.put("id", record.identity().id());
    tree.put("seed", record.identity().seed());
    tree.put("verdict", record.verdict().text());
    tree.put("expected", record.texts().expected().map(expected -> expected.text()).orElse(null));
    tree.put("as_expected", record.isAsExpected());
    tree.put("exit_code", record.circumstances().exitCode());
    tree.put("end_ps", record.outcome().endPs());
    tree.put("events", record.outcome().events());
    tree.put("fingerprint", record.outcome().fingerprint().total());
    List<Object> findings = new ArrayList<>();
    record.judgement().findings().forEach(
        finding -> findings.add(finding.verdict().text() + ": " + finding.summary()));
    tree.put("findings", findings);
    tree.put("trouble", Tables.troubleTree(record.collected().stats()));
    tree.put("directory", terminal.shown(directory));
    tree.put("reproduce", record.texts().reproduce());
    return tree;
  }
}
