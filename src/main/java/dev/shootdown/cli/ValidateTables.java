package dev.shootdown.cli;

import dev.shootdown.report.Csv;
import dev.shootdown.report.Json;
import dev.shootdown.validate.Crossing;
import dev.shootdown.validate.Outcome;
import dev.shootdown.validate.Point;
import dev.shootdown.validate.Validation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A validation for programs. */
final class ValidateTables {
  private ValidateTables() {}

  /** A point a line. */
  static String csv(Validation.Result result) {
    StringBuilder text = new StringBuilder();
    try {
      Csv csv =
          new Csv(
              text, "item", "id", "series", "x", "x_unit", "published", "predicted", "unit",
              "error", "fitted", "judged", "missed", "machine", "source");
      for (Outcome outcome : result.outcomes()) {
        for (Point point : outcome.points()) {
          csv.row(
              outcome.item(), point.published().id(), point.series(), point.published().x(),
              point.published().xUnit(), point.published().value(), point.predicted(),
              point.published().unit(), point.error(), point.fitted(), point.isJudged(),
              point.isMissed(), outcome.machine(), point.published().source());
        }
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }

  /** All of it as one object. */
  static String json(Validation.Result result, Map<String, String> leftOut) {
    List<Object> outcomes = new ArrayList<>();
    result.outcomes().forEach(outcome -> outcomes.add(tree(outcome)));
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("complete", result.complete());
    tree.put("met", result.isMet());
    tree.put("items", outcomes);
    tree.put("without_prediction", new LinkedHashMap<>(leftOut));
    return text(tree) + "\n";
  }

  /** As {@link Json}, with fractions; what is no number is null. */
  private static String text(Object value) {
    if (value instanceof Map<?, ?> map) {
      List<String> members = new ArrayList<>();
      map.forEach((key, member) -> members.add(text(key) + ": " + text(member)));
      return "{" + String.join(",\n ", members) + "}";
    }
    if (value instanceof List<?> list) {
      List<String> members = new ArrayList<>();
      list.forEach(member -> members.add(text(member)));
      return "[" + String.join(",\n ", members) + "]";
    }
    if (value instanceof Double number) {
      return number.isNaN() || number.isInfinite() ? "null" : number.toString();
    }
    return Json.text(value).strip();
  }

  private static Map<String, Object> tree(Outcome outcome) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("item", outcome.item());
    tree.put("title", outcome.title());
    tree.put("machine", outcome.machine());
    tree.put("goal", outcome.goal().text());
    tree.put("met", outcome.isMet());
    tree.put("missed", outcome.missed());
    tree.put("rms", outcome.rms());
    tree.put("rank_correlation", outcome.rankCorrelation());
    List<Object> points = new ArrayList<>();
    outcome.points().forEach(point -> points.add(tree(point)));
    tree.put("points", points);
    List<Object> crossings = new ArrayList<>();
    outcome.crossings().forEach(crossing -> crossings.add(tree(crossing)));
    tree.put("crossings", crossings);
    return tree;
  }

  private static Map<String, Object> tree(Point point) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("id", point.published().id());
    tree.put("series", point.series());
    tree.put("x", point.published().x());
    tree.put("x_unit", point.published().xUnit());
    tree.put("published", point.published().value());
    tree.put("predicted", point.predicted());
    tree.put("unit", point.published().unit());
    tree.put("error", point.error());
    tree.put("fitted", point.fitted());
    tree.put("judged", point.isJudged());
    tree.put("missed", point.isMissed());
    return tree;
  }

  private static Map<String, Object> tree(Crossing crossing) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("what", crossing.what());
    tree.put("published", crossing.published());
    tree.put("predicted", crossing.predicted());
    tree.put("agrees", crossing.agrees());
    return tree;
  }
}
