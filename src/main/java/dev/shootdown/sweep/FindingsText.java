package dev.shootdown.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A paragraph that says what the numbers say, and no more. */
public final class FindingsText {
  private static final double WORTH_SAYING = 0.01;
  private static final int AXES_NAMED = 3;
  private static final int FIGURES_NAMED = 4;
  private static final String CLEAN = "clean";

  private final Analysis analysis;
  private final List<String> sentences = new ArrayList<>();

  private FindingsText(Analysis analysis) {
    this.analysis = analysis;
  }

  /** The paragraph, one sentence a line. */
  public static String of(Analysis analysis) {
    FindingsText text = new FindingsText(analysis);
    text.verdicts();
    analysis.figures().stream().limit(FIGURES_NAMED).forEach(text::figure);
    text.sentences.addAll(BoundaryText.of(analysis));
    text.precision();
    return String.join("\n", text.sentences) + "\n";
  }

  private void say(String format, Object... values) {
    sentences.add(String.format(Locale.ROOT, format, values));
  }

  private void verdicts() {
    List<Integer> all = new ArrayList<>();
    analysis.rowsByPoint().values().forEach(all::addAll);
    SortedMap<String, Integer> counts = analysis.verdicts(all);
    List<String> parts = new ArrayList<>();
    counts.forEach((verdict, count) -> parts.add(count + " " + verdict));
    say("%d runs of %d points: %s.", all.size(), analysis.rowsByPoint().size(),
        String.join(", ", parts));
    for (String verdict : counts.keySet()) {
      if (counts.size() > 1 && !verdict.equals(CLEAN)) {
        where(verdict, all);
      }
    }
  }

  /** Whether the verdict goes with levels of an axis: the boundary, if there is one. */
  private void where(String verdict, List<Integer> all) {
    List<Axis> axes = analysis.plan().spec().axes();
    for (int i = 0; i < axes.size(); i++) {
      Map<String, int[]> byLabel = new TreeMap<>();
      for (int row : all) {
        RunResult.Ending ending = analysis.table().ending(row);
        Point point = analysis.plan().points().get(analysis.table().key(row).point());
        int[] count =
            byLabel.computeIfAbsent(point.levels().get(i).label(), label -> new int[2]);
        count[0]++;
        boolean is =
            ending.isFailed() ? verdict.equals("failed") : ending.verdict().equals(verdict);
        count[1] += is ? 1 : 0;
      }
      List<String> with =
          axes.get(i).labels().stream()
              .filter(label -> byLabel.containsKey(label) && byLabel.get(label)[1] > 0).toList();
      if (axes.get(i).sampled() || with.size() >= byLabel.size()) {
        continue;
      }
      boolean always =
          with.stream().allMatch(label -> byLabel.get(label)[0] == byLabel.get(label)[1]);
      say("%s comes only with %s = %s%s.", verdict, axes.get(i).name(),
          String.join(", ", with), always ? ", and there always" : "");
    }
  }

  private void figure(String metric) {
    List<Map.Entry<Integer, Double>> means = new ArrayList<>();
    analysis.rowsByPoint().forEach(
        (point, rows) -> {
          Estimate of = analysis.table().estimate(rows, metric);
          if (of.n() > 0) {
            means.add(Map.entry(point, of.mean()));
          }
        });
    if (means.isEmpty()) {
      return;
    }
    Comparator<Map.Entry<Integer, Double>> byMean =
        Comparator.comparingDouble(Map.Entry::getValue);
    Map.Entry<Integer, Double> least = means.stream().min(byMean).orElseThrow();
    Map.Entry<Integer, Double> most = means.stream().max(byMean).orElseThrow();
    if (least.getValue().equals(most.getValue())) {
      say("%s is %s at every point.", metric, Texts.shown(metric, least.getValue()));
      return;
    }
    say("%s lies between %s (%s) and %s (%s).", metric, Texts.shown(metric, least.getValue()),
        place(least.getKey()), Texts.shown(metric, most.getValue()), place(most.getKey()));
    movers(metric);
  }

  private void movers(String metric) {
    List<String> parts = new ArrayList<>();
    analysis.sensitivities().stream()
        .filter(each -> each.metric().equals(metric) && each.varianceShare() >= WORTH_SAYING)
        .sorted(Comparator.comparingDouble(Sensitivity::varianceShare).reversed())
        .limit(AXES_NAMED)
        .forEach(each -> parts.add(mover(each)));
    if (!parts.isEmpty()) {
      say("What moves it most: %s.", String.join("; ", parts));
    }
  }

  private static String mover(Sensitivity each) {
    return String.format(
        Locale.ROOT, "%s, from %s at %s to %s at %s on average (%.0f %% of the variance)",
        each.axis(), Texts.shown(each.metric(), each.least().mean()), each.least().level(),
        Texts.shown(each.metric(), each.most().mean()), each.most().level(),
        100 * each.varianceShare());
  }

  private void precision() {
    boolean repeated = analysis.rowsByPoint().values().stream().anyMatch(rows -> rows.size() > 1);
    boolean varies = false;
    double widest = 0;
    for (String metric : analysis.figures()) {
      for (List<Integer> rows : analysis.rowsByPoint().values()) {
        Estimate of = analysis.table().estimate(rows, metric);
        varies |= of.deviation() > 0;
        if (of.halfWidth().isPresent() && of.mean() != 0) {
          widest = Math.max(widest, of.halfWidth().getAsDouble() / Math.abs(of.mean()));
        }
      }
    }
    if (repeated && !varies) {
      say("Repetitions don't differ: nothing in this scenario draws dice that matter here.");
    } else if (widest > 0) {
      say("The widest 95 %% interval of these means is +-%s %% of the mean.",
          Texts.shown("", 100 * widest));
    }
  }

  private String place(int index) {
    Point point = analysis.plan().points().get(index);
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < point.levels().size(); i++) {
      parts.add(
          analysis.plan().spec().axes().get(i).name() + " = " + point.levels().get(i).label());
    }
    return String.join(", ", parts);
  }
}
