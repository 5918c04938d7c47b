package dev.shootdown.sweep;

import dev.shootdown.config.ConfigFiles;
import dev.shootdown.report.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a store says of its sweep, so that it can be read without the scenario. */
final class Descriptions {
  private Descriptions() {}

  /**
   * By key: {@code id}, {@code scenario}, {@code variant}, {@code title}, {@code seed}, {@code
   * seeds}, {@code points}, {@code figures} and {@code axes} as JSON, and {@code config}.
   */
  static SortedMap<String, String> of(SweepPlan plan) {
    SortedMap<String, String> description = new TreeMap<>();
    description.put("id", plan.id());
    description.put("scenario", plan.source().scenarioName());
    description.put("variant", plan.source().variant().orElse(""));
    description.put("title", plan.title());
    description.put("seed", Long.toString(plan.seed()));
    description.put(
        "seeds",
        plan.spec().repeats().seeds() == Repeats.Seeds.PER_REPETITION
            ? "per-repetition"
            : "per-run");
    description.put("points", Integer.toString(plan.points().size()));
    description.put("figures", Json.text(plan.spec().figures()));
    description.put("axes", Json.text(axes(plan)));
    description.put("config", ConfigFiles.render(plan.config()));
    return description;
  }

  private static List<Object> axes(SweepPlan plan) {
    List<Object> axes = new ArrayList<>();
    for (Axis axis : plan.spec().axes()) {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("name", axis.name());
      tree.put("sampled", axis.sampled());
      tree.put("values", axis.labels());
      axes.add(tree);
    }
    return axes;
  }
}
