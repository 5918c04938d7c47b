package dev.shootdown.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The matrix for a terminal: a table for each consumer, one letter and a number for each cell. */
public final class MatrixText {
  private MatrixText() {}

  /** All of it. */
  public static String of(Matrix matrix) {
    StringBuilder text = new StringBuilder();
    for (Consumer consumer : matrix.chosen().consumers()) {
      text.append(consumer.name()).append(": ").append(consumer.heading().title()).append('\n');
      table(text, matrix, consumer);
      text.append('\n');
    }
    text.append(
        "S n: safe in n schedules; R n: safe, and as safe without the flush; U n: unsafe, shown by"
            + " schedule n;\nL n: livelock, shown by schedule n; ? n: no answer; -: n/a. No cell is"
            + " proven.\n");
    missing(text, matrix);
    reasons(text, matrix);
    text.append('\n').append(summary(matrix)).append('\n');
    return text.toString();
  }

  private static void table(StringBuilder text, Matrix matrix, Consumer consumer) {
    List<List<String>> lines = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("site", "row"));
    matrix.chosen().columns().forEach(column -> header.add(column.name()));
    lines.add(header);
    for (Row row : matrix.chosen().rows()) {
      List<String> line = new ArrayList<>(List.of(row.heading().site(), row.name()));
      for (Column column : matrix.chosen().columns()) {
        line.add(matrix.cell(row, column, consumer).map(MatrixText::letter).orElse("."));
      }
      lines.add(line);
    }
    for (List<String> line : lines) {
      StringBuilder shown = new StringBuilder();
      for (int i = 0; i < line.size(); i++) {
        int at = i;
        int width = lines.stream().mapToInt(each -> each.get(at).length()).max().orElse(0);
        shown.append(String.format(Locale.ROOT, "%-" + (width + 2) + "s", line.get(i)));
      }
      text.append(shown.toString().stripTrailing()).append('\n');
    }
  }

  /** A cell in a few letters. */
  private static String letter(Matrix.Cell cell) {
    CellResult result = cell.result();
    int by = result.shown().map(CellResult.Shown::schedule).orElse(0);
    return switch (cell.judged()) {
      case SAFE -> "S " + result.tried().schedules();
      case REDUNDANT -> "R " + result.tried().schedules();
      case UNSAFE -> "U " + by;
      case LIVELOCK -> "L " + by;
      case INCONCLUSIVE -> "? " + by;
      case NOT_APPLICABLE -> "-";
    };
  }

  private static void missing(StringBuilder text, Matrix matrix) {
    for (Consumer consumer : matrix.spec().consumers()) {
      consumer.absent().ifPresent(
          reason ->
              text.append("not there: ").append(consumer.name()).append(", ").append(reason)
                  .append('\n'));
    }
  }

  private static void reasons(StringBuilder text, Matrix matrix) {
    Map<String, Integer> reasons = new TreeMap<>();
    for (Matrix.Cell cell : matrix.cells()) {
      if (cell.judged() == Matrix.Judged.NOT_APPLICABLE) {
        reasons.merge(cell.because(), 1, Integer::sum);
      }
    }
    reasons.forEach(
        (reason, count) ->
            text.append("n/a (").append(count).append("): ").append(reason).append('\n'));
  }

  /** Counts in one line. */
  public static String summary(Matrix matrix) {
    List<String> parts = new ArrayList<>();
    matrix.counts().forEach((judged, count) -> parts.add(count + " " + judged.text()));
    return matrix.cells().size() + " cells, " + matrix.schedules() + " schedules: "
        + String.join(", ", parts);
  }

  /** What changed from one column to another, in words. */
  public static String difference(Matrix matrix, Column from, Column to) {
    StringBuilder text = new StringBuilder();
    int same = 0;
    for (Consumer consumer : matrix.chosen().consumers()) {
      for (Row row : matrix.chosen().rows()) {
        Optional<Matrix.Cell> before = matrix.cell(row, from, consumer);
        Optional<Matrix.Cell> after = matrix.cell(row, to, consumer);
        if (before.isEmpty() || after.isEmpty() || isNothing(before.get(), after.get())) {
          continue;
        }
        String sentence = sentence(before.get(), after.get());
        if (sentence.isEmpty()) {
          same++;
        } else {
          text.append(row.heading().site()).append(' ').append(row.name()).append(", ")
              .append(consumer.name()).append(": ").append(sentence).append('\n');
        }
      }
    }
    String both = from.name() + " and " + to.name() + "\n";
    if (same == 0 && text.isEmpty()) {
      return "no cell is in both " + both;
    }
    return text.append(same).append(same == 1 ? " cell is" : " cells are")
        .append(" the same in ").append(both).toString();
  }

  private static boolean isNothing(Matrix.Cell before, Matrix.Cell after) {
    return before.judged() == Matrix.Judged.NOT_APPLICABLE
        || after.judged() == Matrix.Judged.NOT_APPLICABLE;
  }

  private static String sentence(Matrix.Cell before, Matrix.Cell after) {
    List<String> changes = new ArrayList<>();
    if (before.judged() != after.judged()) {
      changes.add(before.judged().text() + " becomes " + after.judged().text());
    }
    double asked = before.result().cost().requestsPerOperation();
    double asks = after.result().cost().requestsPerOperation();
    if (Math.abs(asked - asks) >= 0.05) {
      changes.add(
          String.format(
              Locale.ROOT, "%.1f secondary requests an operation become %.1f", asked, asks));
    }
    long underBefore = before.result().cost().held().underTablesPs();
    long underAfter = after.result().cost().held().underTablesPs();
    if (Math.max(underBefore, underAfter) > 2 * Math.min(underBefore, underAfter) + 500_000) {
      changes.add(
          String.format(
              Locale.ROOT, "waiting under table locks goes from %.1f to %.1f us",
              underBefore / 1e6, underAfter / 1e6));
    }
    long toAllBefore = before.result().cost().width().toAll();
    long toAllAfter = after.result().cost().width().toAll();
    if ((toAllBefore == 0) != (toAllAfter == 0)) {
      changes.add(
          toAllAfter > 0 ? "requests are widened to all pages" : "requests stay ranges");
    }
    return String.join("; ", changes);
  }
}
