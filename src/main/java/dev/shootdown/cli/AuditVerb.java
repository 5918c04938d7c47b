package dev.shootdown.cli;

import dev.shootdown.audit.Audit;
import dev.shootdown.audit.AuditLoader;
import dev.shootdown.audit.AuditSpec;
import dev.shootdown.audit.CellResult;
import dev.shootdown.audit.CellStore;
import dev.shootdown.audit.CellTelling;
import dev.shootdown.audit.Column;
import dev.shootdown.audit.Matrix;
import dev.shootdown.audit.MatrixPage;
import dev.shootdown.audit.MatrixTables;
import dev.shootdown.audit.MatrixText;
import dev.shootdown.audit.Selection;
import dev.shootdown.cluster.ChoreShare;
import dev.shootdown.report.ResultProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Audits: what is missing is run and kept, then the matrix is told. */
final class AuditVerb {
  /** What makes sense and has no model here. */
  private static final int NOT_MODELLED = 4;

  private final Terminal terminal;
  private final AuditRequest request;
  private final ClusterNodes nodes;

  AuditVerb(Terminal terminal, AuditRequest request, ClusterNodes nodes) {
    this.terminal = terminal;
    this.request = request;
    this.nodes = nodes;
  }

  /**
   * Does what was requested.
   *
   * @return the exit code
   */
  int run() {
    request.mode().expect().ifPresent(AuditVerb::refuseUnknownState);
    AuditSpec loaded =
        AuditLoader.load(
            request.source().file(), terminal.siteFile(), request.source().settings(),
            terminal.cwd());
    AuditSpec spec = request.budget().map(loaded::withBudget).orElse(loaded);
    Selection.Chosen chosen = chosen(spec);
    Audit audit =
        new Audit(
            spec, chosen, terminal.cwd(), terminal.interrupts().stop(), command(spec));
    audit.check(terminal.cwd());
    terminal.interrupts().listen();
    return request.mode().explain().isPresent()
        ? explain(spec, chosen, audit) : matrix(spec, chosen, audit);
  }

  private static void refuseUnknownState(String text) {
    if (Arrays.stream(Matrix.Judged.values()).noneMatch(each -> each.text().equals(text))) {
      throw CliProblem.usage(
          "--expect " + text + ": there are "
              + String.join(
                  ", ", Arrays.stream(Matrix.Judged.values()).map(Matrix.Judged::text).toList()));
    }
  }

  private Selection.Chosen chosen(AuditSpec spec) {
    Selection selection =
        request.mode().explain().map(Selection::of).orElse(request.selection());
    try {
      return selection.of(spec);
    } catch (Selection.Unknown unknown) {
      throw unknown.isNotModelled()
          ? new CliProblem(NOT_MODELLED, unknown.getMessage(), unknown)
          : CliProblem.usage(unknown.getMessage());
    }
  }

  /** What shows a cell again. */
  private String command(AuditSpec spec) {
    StringBuilder command = new StringBuilder("./shootdown audit");
    request.source().file().ifPresent(file -> command.append(' ').append(terminal.shown(file)));
    for (String setting : request.source().settings()) {
      command.append(" -D '").append(setting.replace("'", "'\\''")).append('\'');
    }
    request.budget().ifPresent(budget -> command.append(" --budget ").append(budget));
    return command.append(" --explain").toString();
  }

  private int explain(AuditSpec spec, Selection.Chosen chosen, Audit audit) {
    Kept kept = new Kept();
    boolean complete;
    try (ClusterPlace place = place()) {
      complete = run(audit, kept, place);
    }
    Matrix matrix = new Matrix(spec, chosen, kept.kept());
    for (Matrix.Cell cell : matrix.cells()) {
      terminal.out().print(
          request.talk().format() == AuditFormat.text ? CellTelling.of(cell) : shown(matrix));
    }
    return complete ? exitCode(matrix) : interrupted();
  }

  /** Cells of one cell's audit, which aren't worth a directory. */
  private static final class Kept implements Audit.Keeper {
    private final TreeMap<String, CellResult> results = new TreeMap<>();

    @Override
    public synchronized TreeMap<String, CellResult> kept() {
      return new TreeMap<>(results);
    }

    @Override
    public synchronized void keep(CellResult result) {
      results.put(result.name().text(), result);
    }
  }

  private int matrix(AuditSpec spec, Selection.Chosen chosen, Audit audit) {
    Path directory =
        request.store().parent()
            .resolve("audit-" + spec.hash8() + "-b" + spec.schedules().budget());
    boolean isDiff = !request.mode().diff().isEmpty();
    if (Files.exists(directory) && !request.store().resume() && !isDiff) {
      throw CliProblem.usage(
          terminal.shown(directory)
              + " exists: this audit was begun before; --resume runs what is missing, --out DIR"
              + " writes elsewhere");
    }
    // Nodes that don't come together must leave no directory behind.
    try (ClusterPlace place = place();
        CellStore store = CellStore.open(directory, spec)) {
      boolean complete = run(audit, store, place);
      Matrix matrix = new Matrix(spec, chosen, store.kept());
      if (!complete) {
        terminal.err().println(
            "shootdown: interrupted; --resume goes on with " + terminal.shown(directory));
        return interrupted();
      }
      store.sort();
      write(directory, matrix);
      if (isDiff) {
        terminal.out().print(difference(matrix));
      } else {
        terminal.out().print(shown(matrix));
        if (request.talk().format() == AuditFormat.text) {
          terminal.out().println("results: " + terminal.shown(directory));
        }
      }
      return exitCode(matrix);
    }
  }

  private int interrupted() {
    return terminal.interrupts().exitCode();
  }

  private ClusterPlace place() {
    boolean quiet = request.talk().progress().isSilent();
    return ClusterPlace.open(terminal, nodes, quiet, request.store().jobs());
  }

  private boolean run(Audit audit, Audit.Keeper keeper, ClusterPlace place) {
    Progress.Manner manner = request.talk().progress();
    try (AuditProgress progress =
        new AuditProgress(terminal.err(), manner.form(), System::nanoTime)) {
      progress.start(manner.everyMs());
      return place.isShared()
          ? spread(audit, keeper, place, progress)
          : audit.run(keeper, progress, request.store().jobs());
    }
  }

  private boolean spread(
      Audit audit, Audit.Keeper keeper, ClusterPlace place, AuditProgress progress) {
    try (ChoreShare share = place.share(ClusterChores.AUDIT, request.store().jobs())) {
      progress.countNodes(share::nodes);
      return audit.spread(keeper, progress, ClusterChores.over(share));
    }
  }

  private String difference(Matrix matrix) {
    List<Column> columns = matrix.chosen().columns();
    StringBuilder text = new StringBuilder();
    List<Column> from = columns.stream().filter(each -> is(each, 0)).toList();
    List<Column> to = columns.stream().filter(each -> is(each, 1)).toList();
    for (Column before : from) {
      for (Column after : to) {
        text.append("from ").append(before.name()).append(" to ").append(after.name())
            .append('\n').append(MatrixText.difference(matrix, before, after));
      }
    }
    return text.toString();
  }

  private boolean is(Column column, int which) {
    String wanted = request.mode().diff().get(which);
    boolean shipped = column.policy().keepsOwnSteps() && column.era().name().equals(wanted);
    return column.name().equals(wanted) || shipped;
  }

  private String shown(Matrix matrix) {
    return switch (request.talk().format()) {
      case text -> MatrixText.of(matrix);
      case csv -> MatrixTables.csv(matrix);
      case json -> MatrixTables.json(matrix);
      case html -> MatrixPage.of(matrix);
    };
  }

  private static void write(Path directory, Matrix matrix) {
    Map<String, String> files = new TreeMap<>();
    files.put("audit.csv", MatrixTables.csv(matrix));
    files.put("audit.json", MatrixTables.json(matrix));
    files.put("audit.html", MatrixPage.of(matrix));
    files.put("audit.txt", MatrixText.of(matrix));
    files.forEach(
        (name, text) -> {
          Path file = directory.resolve(name);
          try {
            Files.write(file, text.getBytes(StandardCharsets.UTF_8));
          } catch (IOException failed) {
            throw new ResultProblem(file + " cannot be written: " + failed.getMessage(), failed);
          }
        });
  }

  private int exitCode(Matrix matrix) {
    Map<Matrix.Judged, Integer> counts = matrix.counts();
    Optional<String> expect = request.mode().expect();
    if (expect.isPresent()) {
      boolean met =
          counts.keySet().stream()
              .allMatch(
                  judged -> judged == Matrix.Judged.NOT_APPLICABLE
                      || judged.text().equals(expect.get()));
      if (met) {
        return ExitCode.OK;
      }
      return counts.containsKey(Matrix.Judged.UNSAFE)
              && !expect.get().equals(Matrix.Judged.UNSAFE.text())
          ? ExitCode.VIOLATION
          : counts.containsKey(Matrix.Judged.LIVELOCK)
                  && !expect.get().equals(Matrix.Judged.LIVELOCK.text())
              ? ExitCode.NO_PROGRESS : ExitCode.NOT_MET;
    }
    return counts.containsKey(Matrix.Judged.INCONCLUSIVE) ? ExitCode.INCONCLUSIVE : ExitCode.OK;
  }
}
