package dev.shootdown.cli;

import dev.shootdown.replay.Recording;
import dev.shootdown.replay.ReplayHtml;
import dev.shootdown.replay.ReplayOutcome;
import dev.shootdown.replay.ReplayTables;
import dev.shootdown.replay.ReplayText;
import dev.shootdown.replay.TraceExport;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** The result directory of a replay: the same bytes for equal replays. */
final class ReplayFiles {
  private final Optional<Path> directory;
  private final Optional<Path> export;
  private final boolean force;
  private final Terminal terminal;

  ReplayFiles(Terminal terminal, ReplayRequest.Output output) {
    this.terminal = terminal;
    this.directory = output.directory().map(terminal::file);
    this.export = output.export().map(terminal::file);
    this.force = output.force();
  }

  /** Refuses before any work is done. */
  void refuseIfPresent() {
    Stream.concat(directory.stream(), export.stream())
        .filter(path -> !force && Files.exists(path))
        .findFirst()
        .ifPresent(
            path -> {
              throw new CliProblem(ExitCode.ENVIRONMENT,
                  terminal.shown(path) + " is there already; --force replaces it", null);
            });
  }

  /** Writes them, each file under another name first; does nothing if no directory was named. */
  void write(ReplayOutcome outcome) {
    if (directory.isEmpty()) {
      return;
    }
    Path path = directory.get();
    try {
      Files.createDirectories(path);
      for (Map.Entry<String, String> file : contents(outcome).entrySet()) {
        Path draft = path.resolve(file.getKey() + ".partial");
        Files.writeString(draft, file.getValue(), StandardCharsets.UTF_8);
        Files.move(draft, path.resolve(file.getKey()), StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new CliProblem(ExitCode.ENVIRONMENT,
          "results cannot be written to " + terminal.shown(path) + " (" + e.getMessage()
              + "); --out writes elsewhere", e);
    }
    terminal.err().println("results in " + terminal.shown(path));
  }

  /** Writes the causes, under another name first; does nothing if no file was named. */
  void export(String shown, Recording recording) {
    if (export.isEmpty()) {
      return;
    }
    Path path = export.get();
    Path draft = path.resolveSibling(path.getFileName() + ".partial");
    try {
      OutputStream raw = Files.newOutputStream(draft);
      boolean packed = path.toString().endsWith(".gz");
      try (Writer text = new OutputStreamWriter(
          packed ? new GZIPOutputStream(raw) : raw, StandardCharsets.UTF_8)) {
        TraceExport.write(text, shown, recording);
      }
      Files.move(draft, path, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CliProblem(ExitCode.ENVIRONMENT,
          terminal.shown(path) + " cannot be written (" + e.getMessage() + ")", e);
    }
    terminal.err().println("causes in " + terminal.shown(path));
  }

  private static Map<String, String> contents(ReplayOutcome outcome) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    StringWriter rows = new StringWriter();
    ReplayTables.rows(rows, outcome.comparison());
    contents.put("replay.csv", rows.toString());
    StringWriter bills = new StringWriter();
    ReplayTables.bills(bills, outcome);
    contents.put("what-if.csv", bills.toString());
    contents.put("replay.html", ReplayHtml.of(outcome));
    contents.put("replay.json", ReplayTables.json(outcome));
    contents.put("summary.txt", String.join("\n", ReplayText.of(outcome)) + "\n");
    return contents;
  }
}
