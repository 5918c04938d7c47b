package dev.shootdown.report;

import dev.shootdown.trace.Account;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** Where the time of operations went at the levels of each axis, as stacked bars. */
final class SweepLedger {
  private static final int LEVELS_MAX = 16;
  private static final int KINDS_MAX = 4;
  private static final String ACCOUNT = ".account_";

  private final SweepResults results;

  SweepLedger(SweepResults results) {
    this.results = results;
  }

  /** Bars by kind and axis; empty if nothing was booked. */
  String html() {
    TreeSet<String> kinds = new TreeSet<>();
    for (String figure : results.figures().keySet()) {
      if (figure.contains(ACCOUNT)) {
        kinds.add(figure.substring(0, figure.indexOf(ACCOUNT)));
      }
    }
    StringBuilder out = new StringBuilder();
    kinds.stream().limit(KINDS_MAX).forEach(kind -> out.append(kind(kind)));
    if (kinds.size() > KINDS_MAX) {
      out.append(
          Html.paragraph(
              "Drawn are " + KINDS_MAX + " of " + kinds.size()
                  + " kinds of operations; summary.csv has them all."));
    }
    return out.toString();
  }

  private String kind(String kind) {
    List<String> names = new ArrayList<>();
    List<SweepResults.Figure> parts = new ArrayList<>();
    for (Account account : Account.values()) {
      String name = account.name().toLowerCase(Locale.ROOT);
      SweepResults.Figure figure = results.figures().get(kind + ACCOUNT + name + "_ps");
      if (figure != null && figure.max() > 0) {
        names.add(name.replace('_', '-'));
        parts.add(figure);
      }
    }
    StringBuilder out = new StringBuilder();
    for (int axis = 0; axis < results.axes().size() && !parts.isEmpty(); axis++) {
      int levels = results.levels(axis).size();
      if (levels > 1 && levels <= LEVELS_MAX) {
        out.append(
            StackedBars.svg(
                "Where the time of " + kind + " went, by " + results.axes().get(axis)
                    + ", mean over all points of a level",
                names, bars(axis, parts)));
      }
    }
    return out.length() == 0 ? "" : "<h3>" + Html.escape(kind) + "</h3>\n" + out;
  }

  private List<StackedBars.Bar> bars(int axis, List<SweepResults.Figure> parts) {
    List<StackedBars.Bar> bars = new ArrayList<>();
    for (String level : results.levels(axis)) {
      List<Long> means = new ArrayList<>();
      for (SweepResults.Figure part : parts) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < results.points().size(); i++) {
          boolean has = results.points().get(i).labels().get(axis).equals(level);
          if (has && !Double.isNaN(part.mean(i))) {
            sum += part.mean(i);
            count++;
          }
        }
        means.add(count == 0 ? 0 : Math.round(sum / count));
      }
      bars.add(new StackedBars.Bar(level, means));
    }
    return bars;
  }
}
