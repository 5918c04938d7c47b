package dev.shootdown.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lays out who did what when, side by side, no line longer than 80 characters: columns get the room
 * they ask for, and the widest give way first. What does not fit is wrapped, never cut.
 */
final class Chart {
  static final int WIDTH = 80;
  private static final String BAR = " | ";

  /** What {@code column} did at {@code atPs}. */
  record Step(long atPs, String column, String text) {}

  private final List<String> columns;
  private final List<Map<String, String>> rows = new ArrayList<>();
  private final List<String> times = new ArrayList<>();

  /** Steps in order of time; neighbours at one instant share a row. */
  Chart(List<String> columns, List<Step> steps) {
    this.columns = columns;
    long lastPs = -1;
    for (Step step : steps) {
      boolean shares =
          !rows.isEmpty()
              && step.atPs() == lastPs
              && !rows.get(rows.size() - 1).containsKey(step.column());
      if (!shares) {
        rows.add(new LinkedHashMap<>());
        times.add(Texts.ns(step.atPs()));
      }
      rows.get(rows.size() - 1).put(step.column(), step.text());
      lastPs = step.atPs();
    }
  }

  /** A chart of at most {@code most} columns: the first ones share one if there are more. */
  static Chart folded(List<String> columns, int most, List<Step> steps) {
    if (columns.size() <= most) {
      return new Chart(columns, steps);
    }
    String shared = "others";
    List<String> kept = new ArrayList<>(List.of(shared));
    kept.addAll(columns.subList(columns.size() - most + 1, columns.size()));
    List<Step> folded = new ArrayList<>();
    for (Step step : steps) {
      folded.add(
          kept.contains(step.column())
              ? step
              : new Step(step.atPs(), shared, step.column() + ": " + step.text()));
    }
    return new Chart(kept, folded);
  }

  /** The lines, header first. */
  List<String> lines() {
    int timeWidth = 2;
    for (String time : times) {
      timeWidth = Math.max(timeWidth, time.length());
    }
    int[] widths = widths(WIDTH - timeWidth - BAR.length() * columns.size());
    List<String> lines = new ArrayList<>();
    Map<String, String> header = new LinkedHashMap<>();
    columns.forEach(column -> header.put(column, column));
    row("ns", header, timeWidth, widths, lines);
    StringBuilder rule = new StringBuilder("-".repeat(timeWidth));
    for (int width : widths) {
      rule.append("-+-").append("-".repeat(width));
    }
    lines.add(rule.toString());
    for (int i = 0; i < rows.size(); i++) {
      row(times.get(i), rows.get(i), timeWidth, widths, lines);
    }
    return lines;
  }

  private void row(
      String time, Map<String, String> cells, int timeWidth, int[] widths, List<String> lines) {
    List<List<String>> wrapped = new ArrayList<>();
    int height = 1;
    for (int i = 0; i < widths.length; i++) {
      List<String> cell = Texts.wrap(cells.getOrDefault(columns.get(i), ""), widths[i], "");
      wrapped.add(cell);
      height = Math.max(height, cell.size());
    }
    for (int h = 0; h < height; h++) {
      StringBuilder line = new StringBuilder();
      String first = h == 0 ? time : "";
      line.append(" ".repeat(timeWidth - first.length())).append(first);
      for (int i = 0; i < widths.length; i++) {
        String part = h < wrapped.get(i).size() ? wrapped.get(i).get(h) : "";
        line.append(BAR).append(part).append(" ".repeat(widths[i] - part.length()));
      }
      lines.add(line.toString().stripTrailing());
    }
  }

  private int[] widths(int room) {
    int[] widths = new int[columns.size()];
    int total = 0;
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.max(1, columns.get(i).length());
      for (Map<String, String> row : rows) {
        widths[i] = Math.max(widths[i], row.getOrDefault(columns.get(i), "").length());
      }
      total += widths[i];
    }
    for (; total > room; total--) {
      int widest = 0;
      for (int i = 1; i < widths.length; i++) {
        widest = widths[i] > widths[widest] ? i : widest;
      }
      widths[widest]--;
    }
    return widths;
  }
}
