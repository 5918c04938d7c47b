package dev.shootdown.cli;

import dev.shootdown.validate.Crossing;
import dev.shootdown.validate.Outcome;
import dev.shootdown.validate.Point;
import dev.shootdown.validate.Validation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A validation as one page that needs nothing else: both curves drawn, every point in a table. */
final class ValidateHtml {
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>Shootdown: validation</title>
      <style>
      body { font: 15px/1.45 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
      table { border-collapse: collapse; } td, th { padding: 0.15rem 0.7rem; text-align: right; }
      td.word, th.word { text-align: left; } tr.missed { background: #fbe3df; }
      svg { width: 100%; max-width: 40rem; } svg text { font-size: 12px; fill: #444; }
      .axis { fill: none; stroke: #888; } .published { fill: none; stroke: #1b5e9e; }
      .published { stroke-width: 2; } .predicted { fill: none; stroke: #b3541e; }
      </style></head><body>
      <h1>Published measurements beside what the model predicts</h1>
      <p>Circles are published, crosses and the line are the model's.</p>
      """;

  private ValidateHtml() {}

  static String of(Validation.Result result, Map<String, String> leftOut) {
    StringBuilder page = new StringBuilder(HEAD);
    for (Outcome outcome : result.outcomes()) {
      section(page, outcome);
    }
    if (!leftOut.isEmpty()) {
      page.append("<h2>Without a prediction</h2>\n<ul>\n");
      leftOut.forEach(
          (item, why) ->
              page.append("<li>").append(item).append(": ").append(escape(why)).append("</li>\n"));
      page.append("</ul>\n");
    }
    if (!result.complete()) {
      page.append("<p>Interrupted: what is missing was not run.</p>\n");
    }
    return page.append("</body></html>\n").toString();
  }

  static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static void section(StringBuilder page, Outcome outcome) {
    page.append("<h2>").append(escape(outcome.item() + ": " + outcome.title())).append("</h2>\n")
        .append(
            String.format(
                Locale.ROOT,
                "<p>%s: %s. Machine %s. %d of %d points missed, rms of errors %.1f %%, rank"
                    + " correlation %s.</p>%n",
                ValidateText.verdict(outcome), escape(outcome.goal().text()),
                escape(outcome.machine()), outcome.missed(), outcome.points().size(),
                100 * outcome.rms(), ValidateText.rank(outcome)));
    for (Crossing crossing : outcome.crossings()) {
      page.append("<p>").append(escape(crossing.what())).append(": published ")
          .append(escape(ValidateText.shown(crossing.published()))).append(", predicted ")
          .append(escape(ValidateText.shown(crossing.predicted()))).append("</p>\n");
    }
    Map<String, List<Point>> series = new LinkedHashMap<>();
    for (Point point : outcome.points()) {
      series.computeIfAbsent(point.series(), key -> new ArrayList<>()).add(point);
    }
    series.forEach(
        (name, points) -> {
          if (points.size() > 1) {
            page.append("<h3>").append(escape(name)).append("</h3>\n")
                .append(ValidateChart.svg(points));
          }
        });
    table(page, outcome);
  }

  private static void table(StringBuilder page, Outcome outcome) {
    page.append(
        "<table><tr><th class=\"word\">series</th><th>x</th><th>published</th><th>predicted</th>"
            + "<th>error %</th><th class=\"word\">role</th></tr>\n");
    for (Point point : outcome.points()) {
      page.append(
          String.format(
              Locale.ROOT,
              "<tr%s><td class=\"word\">%s</td><td>%s %s</td><td>%.3f</td><td>%.3f %s</td>"
                  + "<td>%+.1f</td><td class=\"word\">%s</td></tr>%n",
              point.isMissed() ? " class=\"missed\"" : "", escape(point.series()),
              escape(point.published().x()), escape(point.published().xUnit()),
              point.published().value(), point.predicted(), escape(point.published().unit()),
              100 * point.error(), ValidateText.remark(point)));
    }
    page.append("</table>\n");
  }
}
