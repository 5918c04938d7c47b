package dev.shootdown.cli;

import dev.shootdown.validate.Crossing;
import dev.shootdown.validate.Outcome;
import dev.shootdown.validate.Point;
import dev.shootdown.validate.Validation;
import java.util.Locale;
import java.util.Map;

/** Tells a validation to people. */
final class ValidateText {
  private ValidateText() {}

  static String of(Validation.Result result, Map<String, String> leftOut) {
    StringBuilder text = new StringBuilder();
    for (Outcome outcome : result.outcomes()) {
      table(text, outcome);
    }
    text.append("item  points  missed  rms %  rank   verdict  goal\n");
    for (Outcome outcome : result.outcomes()) {
      text.append(
          String.format(
              Locale.ROOT, "%-5s %6d  %6d  %5.1f  %-5s  %-7s  %s%n", outcome.item(),
              outcome.points().size(), outcome.missed(), 100 * outcome.rms(), rank(outcome),
              verdict(outcome), outcome.goal().text()));
    }
    leftOut.forEach((item, why) -> text.append(String.format("%-5s %s%n", item, why)));
    if (!result.complete()) {
      text.append("interrupted: what is missing was not run\n");
    }
    return text.toString();
  }

  static String verdict(Outcome outcome) {
    return outcome.isMet() ? "met" : "MISSED";
  }

  static String rank(Outcome outcome) {
    double rank = outcome.rankCorrelation();
    return Double.isNaN(rank) ? "-" : String.format(Locale.ROOT, "%.3f", rank);
  }

  /** What there is to say about a point besides its figures. */
  static String remark(Point point) {
    String role = point.fitted() ? "fitted" : "predicted";
    if (point.isMissed()) {
      return role + ", MISSED";
    }
    return role;
  }

  private static void table(StringBuilder text, Outcome outcome) {
    Point first = outcome.points().get(0);
    text.append(outcome.item()).append("  ").append(outcome.title()).append('\n')
        .append("machine ").append(outcome.machine()).append("; goal: ")
        .append(outcome.goal().text()).append("; in ").append(first.published().unit())
        .append('\n')
        .append(
            String.format(
                "%-24s %8s %-7s %11s %11s %8s%n", "series", "x", "", "published", "predicted",
                "error %"));
    for (Point point : outcome.points()) {
      text.append(
          String.format(
              Locale.ROOT, "%-24s %8s %-7s %11.3f %11.3f %+8.1f  %s%n", point.series(),
              point.published().x(), point.published().xUnit(), point.published().value(),
              point.predicted(), 100 * point.error(), remark(point)));
    }
    for (Crossing crossing : outcome.crossings()) {
      text.append(crossing.what()).append(": published ").append(shown(crossing.published()))
          .append(", predicted ").append(shown(crossing.predicted())).append('\n');
    }
    text.append('\n');
  }

  static String shown(String x) {
    return x.isEmpty() ? "none" : x;
  }
}
