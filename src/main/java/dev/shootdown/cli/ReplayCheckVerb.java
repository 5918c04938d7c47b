package dev.shootdown.cli;

import dev.shootdown.replay.Recording;
import dev.shootdown.replay.TraceCheck;
import dev.shootdown.replay.TraceProblem;
import dev.shootdown.replay.TraceReader;
import dev.shootdown.report.Csv;
import dev.shootdown.report.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Judges a recorded trace as it is; nothing is simulated. */
final class ReplayCheckVerb {
  private final Terminal terminal;

  ReplayCheckVerb(Terminal terminal) {
    this.terminal = terminal;
  }

  int run(ReplayRequest request) {
    Path file = terminal.file(request.trace());
    Recording recording;
    try {
      recording = TraceReader.read(file, request.options());
    } catch (TraceProblem wrong) {
      throw CliProblem.usage(wrong.getMessage());
    }
    TraceCheck.Result result = TraceCheck.of(recording);
    switch (request.output().form()) {
      case TEXT -> text(terminal.shown(file), recording, result);
      case JSON -> json(recording, result);
      case CSV -> csv(result);
      case HTML -> throw new IllegalStateException("refused before");
    }
    return result.isViolation() ? ExitCode.VIOLATION : ExitCode.OK;
  }

  private void text(String file, Recording recording, TraceCheck.Result result) {
    result.findings().forEach(
        finding -> terminal.out().println(
            file + ":" + finding.line() + ": " + finding.kind().text() + ": " + finding.text()));
    long listed = result.findings().size();
    long all = result.counts().values().stream().mapToLong(Long::longValue).sum();
    if (all > listed) {
      terminal.out().println("and " + (all - listed) + " more");
    }
    terminal.out().println("judged: " + result.judged() + " calls and unmaps");
    for (TraceCheck.Kind kind : TraceCheck.Kind.values()) {
      terminal.out().printf("%8d  %s%s%n", result.counts().getOrDefault(kind, 0L), kind.text(),
          kind.isViolation() ? "" : " (no violation)");
    }
    result.cannotShow().forEach(text -> terminal.out().println("cannot show: " + text));
    recording.reading().remarks().forEach(remark -> terminal.out().println("note: " + remark));
    terminal.out().println(result.isViolation() ? "violation" : "clean, as far as it shows");
  }

  private void json(Recording recording, TraceCheck.Result result) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("schema", 1);
    tree.put("violation", result.isViolation());
    tree.put("judged", result.judged());
    Map<String, Object> counts = new LinkedHashMap<>();
    result.counts().forEach((kind, count) -> counts.put(kind.text(), count));
    tree.put("counts", counts);
    List<Object> findings = new ArrayList<>();
    for (TraceCheck.Finding finding : result.findings()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("line", finding.line());
      entry.put("kind", finding.kind().text());
      entry.put("text", finding.text());
      findings.add(entry);
    }
    tree.put("findings", findings);
    tree.put("cannot_show", result.cannotShow());
    tree.put("remarks", recording.reading().remarks());
    terminal.out().print(Json.text(tree));
  }

  private void csv(TraceCheck.Result result) {
    try {
      Csv csv = new Csv(terminal.out(), "line", "kind", "text");
      for (TraceCheck.Finding finding : result.findings()) {
        csv.row(finding.line(), finding.kind().text(), finding.text());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
