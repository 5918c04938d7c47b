package dev.shootdown.cli;

import dev.shootdown.report.Csv;
import dev.shootdown.report.Json;
import dev.shootdown.sweep.Analysis;
import dev.shootdown.sweep.Axis;
import dev.shootdown.sweep.FindingsText;
import dev.shootdown.sweep.Point;
import dev.shootdown.sweep.PointLoader;
import dev.shootdown.sweep.Surroundings;
import dev.shootdown.sweep.SweepPlan;
import dev.shootdown.sweep.SweepStore;
import dev.shootdown.sweep.SweepTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tells a terminal, or a program, of a sweep. */
final class SweepTelling {
  private final Terminal terminal;
  private final SweepRequest request;
  private final SweepPlan plan;

  SweepTelling(Terminal terminal, SweepRequest request, SweepPlan plan) {
    this.terminal = terminal;
    this.request = request;
    this.plan = plan;
  }

  /** Names the points. */
  void list(List<Point> points) {
    switch (request.talk().format()) {
      case json -> terminal.out().print(Json.text(points.stream().map(this::tree).toList()));
      case csv -> csv(points);
      default -> terminal.out().print(SweepTables.points(plan, points));
    }
  }

  private Map<String, Object> tree(Point point) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    for (int i = 0; i < plan.spec().axes().size(); i++) {
      parameters.put(plan.spec().axes().get(i).name(), point.labels().get(i));
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("point", point.id());
    tree.put("parameters", parameters);
    return tree;
  }

  private void csv(List<Point> points) {
    List<Object> header = new ArrayList<>(List.of("point"));
    plan.spec().axes().stream().map(Axis::name).forEach(header::add);
    try {
      Csv csv = new Csv(terminal.out(), header.toArray());
      for (Point point : points) {
        List<Object> row = new ArrayList<>(List.of(point.id()));
        row.addAll(point.labels());
        csv.row(row.toArray());
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Says how many there are. */
  void count(List<Point> points) {
    long runs = (long) points.size() * plan.spec().repeats().atLeast();
    boolean more = plan.spec().repeats().stop().isPresent();
    switch (request.talk().format()) {
      case json -> {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("points", points.size());
        tree.put("runs_at_least", runs);
        terminal.out().print(Json.text(tree));
      }
      case csv -> terminal.out().println("points,runs_at_least\n" + points.size() + "," + runs);
      default -> terminal.out().println(
          points.size() + " points, " + (more ? "at least " : "") + runs + " runs");
    }
  }

  /** Tells what came of it. */
  void results(Analysis analysis, SweepOutcome outcome, Path directory) {
    for (String unknown : analysis.unknownFigures()) {
      terminal.err().println("shootdown: sweep.figures: no run has a figure '" + unknown + "'");
    }
    switch (request.talk().format()) {
      case json -> terminal.out().print(Json.text(tree(analysis, outcome, directory)));
      case csv -> terminal.out().print(summary(directory));
      default -> text(analysis, outcome, directory);
    }
    if (outcome.isInterrupted()) {
      terminal.err().println("shootdown: interrupted; --resume goes on");
    }
  }

  private void text(Analysis analysis, SweepOutcome outcome, Path directory) {
    StringBuilder text = new StringBuilder(plan.title()).append("\n\n");
    text.append(SweepTables.summary(analysis)).append('\n');
    String sensitivity = SweepTables.sensitivity(analysis);
    text.append(sensitivity).append(sensitivity.isEmpty() ? "" : "\n");
    text.append(FindingsText.of(analysis)).append('\n');
    text.append("results: ").append(terminal.shown(directory)).append('\n');
    outcome.culprit().ifPresent(
        row -> {
          var key = analysis.table().key(row);
          String why = analysis.table().ending(row).failure();
          if (!why.isEmpty()) {
            text.append("failed: ").append(why).append('\n');
          }
          text.append("reproduce: ")
              .append(reproduce(plan.points().get(key.point()), key.repetition())).append('\n');
        });
    terminal.out().print(text);
  }

  private static String summary(Path directory) {
    try {
      return Files.readString(directory.resolve("summary.csv"));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private Map<String, Object> tree(Analysis analysis, SweepOutcome outcome, Path directory) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("schema", 1);
    tree.put("id", plan.id());
    tree.put("exit_code", outcome.exitCode());
    tree.put("runs", analysis.table().size());
    List<Object> points = new ArrayList<>();
    analysis.rowsByPoint().forEach(
        (index, rows) -> {
          Map<String, Object> point = tree(plan.points().get(index));
          point.put("runs", rows.size());
          point.put("verdicts", analysis.verdicts(rows));
          Map<String, Object> figures = new LinkedHashMap<>();
          for (String figure : analysis.figures()) {
            figures.put(figure, analysis.table().estimate(rows, figure).tree());
          }
          point.put("figures", figures);
          points.add(point);
        });
    tree.put("points", points);
    tree.put("findings", FindingsText.of(analysis).lines().toList());
    tree.put("directory", terminal.shown(directory));
    return tree;
  }

  /** The command that shows one run alone. */
  String reproduce(Point point, int repetition) {
    List<String> arguments = plan.arguments(point, repetition);
    String variant = arguments.get(0);
    String file = terminal.shown(plan.source().file());
    StringBuilder command = new StringBuilder("./shootdown run ");
    command.append(quoted(variant.isEmpty() ? file : file + ":" + variant));
    for (String setting : arguments.subList(1, arguments.size())) {
      command.append(" -D ").append(quoted(setting));
    }
    return command.toString();
  }

  /** What the sweep's tables tell beside its numbers. */
  Surroundings surroundings(PointLoader loader, Analysis analysis) {
    String machine = "";
    for (int row = 0; row < analysis.table().size() && machine.isEmpty(); row++) {
      if (!analysis.table().ending(row).isFailed()) {
        machine =
            Surroundings.machine(loader, plan.points().get(analysis.table().key(row).point()));
      }
    }
    return new Surroundings(again(), this::reproduce, machine);
  }

  /** The program's version, and the commit where it is known. */
  String version() {
    return Build.version()
        + terminal.home().flatMap(Build::commit).map(id -> " (" + id + ")").orElse("");
  }

  /** Warns of runs that another version has done: equal scenarios may come to other figures. */
  void otherVersions(SweepStore store) {
    store.versions().forEach(
        (version, runs) -> {
          if (!version.equals(version())) {
            terminal.err().println(
                "shootdown: " + runs + " runs in the store are by version " + version
                    + ", and this is " + version() + "; --out DIR does all of them anew");
          }
        });
  }

  private String again() {
    String file = terminal.shown(plan.source().file());
    StringBuilder command = new StringBuilder("./shootdown sweep ");
    command.append(
        quoted(plan.source().variant().map(name -> file + ":" + name).orElse(file)));
    for (String axis : plan.source().axes()) {
      command.append(" --axis ").append(quoted(axis));
    }
    for (String setting : plan.source().overrides()) {
      command.append(" -D ").append(quoted(setting));
    }
    return command.toString();
  }

  /** As a POSIX shell reads it back. */
  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
