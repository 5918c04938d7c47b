package dev.shootdown.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** The tables that a terminal gets: short ones; the files have all of it. */
public final class SweepTables {
  private static final int ROWS_MOST = 40;
  private static final int FIGURES_MOST = 4;
  private static final double WORTH_SAYING = 0.001;

  private SweepTables() {}

  /** The points with their parameters. */
  public static String points(SweepPlan plan, List<Point> points) {
    List<List<String>> rows = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("point"));
    header.addAll(Axes.names(plan.spec().axes()));
    rows.add(header);
    for (Point point : points) {
      List<String> row = new ArrayList<>(List.of(point.id()));
      row.addAll(point.labels());
      rows.add(row);
    }
    return text(rows);
  }

  /** One row a point: verdicts and the first figures, with half of their 95 % interval. */
  public static String summary(Analysis analysis) {
    List<String> figures = analysis.figures().stream().limit(FIGURES_MOST).toList();
    List<List<String>> rows = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("point"));
    header.addAll(Axes.names(analysis.plan().spec().axes()));
    header.add("n");
    header.add("verdicts");
    header.addAll(figures);
    rows.add(header);
    for (Map.Entry<Integer, List<Integer>> each : analysis.rowsByPoint().entrySet()) {
      if (rows.size() > ROWS_MOST) {
        break;
      }
      Point point = analysis.plan().points().get(each.getKey());
      List<String> row = new ArrayList<>(List.of(point.id()));
      row.addAll(point.labels());
      row.add(Integer.toString(each.getValue().size()));
      row.add(verdicts(analysis, each.getValue()));
      figures.forEach(
          figure -> row.add(shown(figure, analysis.table().estimate(each.getValue(), figure))));
      rows.add(row);
    }
    int more = analysis.rowsByPoint().size() - ROWS_MOST;
    return text(rows) + (more > 0 ? "... and " + more + " more points in summary.csv\n" : "");
  }

  private static String verdicts(Analysis analysis, List<Integer> rows) {
    Map<String, Integer> counts = analysis.verdicts(rows);
    List<String> parts = new ArrayList<>();
    counts.forEach(
        (verdict, count) -> parts.add(counts.size() == 1 ? verdict : verdict + " " + count));
    return String.join(", ", parts);
  }

  private static String shown(String figure, Estimate estimate) {
    OptionalDouble half = estimate.halfWidth();
    String mean = Texts.shown(figure, estimate.mean());
    return half.isPresent() && half.getAsDouble() > 0
        ? mean + " +-" + Texts.shown(figure, half.getAsDouble())
        : mean;
  }

  /** What moves the first figures, most first; empty if nothing does. */
  public static String sensitivity(Analysis analysis) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("figure", "axis", "least at", "mean", "most at", "mean", "of variance"));
    for (String figure : analysis.figures().stream().limit(FIGURES_MOST).toList()) {
      analysis.sensitivities().stream()
          .filter(each -> each.metric().equals(figure))
          .filter(each -> each.varianceShare() >= WORTH_SAYING)
          .sorted(Comparator.comparingDouble(Sensitivity::varianceShare).reversed())
          .forEach(
              each -> rows.add(
                  List.of(
                      figure, each.axis(), each.least().level(),
                      Texts.shown(figure, each.least().mean()), each.most().level(),
                      Texts.shown(figure, each.most().mean()),
                      String.format(Locale.ROOT, "%.1f %%", 100 * each.varianceShare()))));
    }
    return rows.size() == 1 ? "" : text(rows);
  }

  private static String text(List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(String.format("%-" + (widths[i] + 2) + "s", row.get(i)));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
