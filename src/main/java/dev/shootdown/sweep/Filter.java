package dev.shootdown.sweep;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigValue;
import dev.shootdown.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which combinations are points: all {@code where} hold, and no {@code exclude} matches. */
final class Filter {
  private final List<String> texts = new ArrayList<>();
  private final List<Condition> conditions = new ArrayList<>();
  private final List<Map<Integer, List<String>>> exclusions = new ArrayList<>();

  /**
   * Reads {@code where} and {@code exclude}.
   *
   * @param declared the axes as the block has them; the command line may have narrowed some, and
   *     what it has left out may still be excluded
   */
  static Filter read(Settings sweep, List<Axis> axes, List<Axis> declared) {
    Filter filter = new Filter();
    for (Settings.Item item : sweep.items("where")) {
      try {
        filter.conditions.add(Condition.parse(item.text(), axes));
        filter.texts.add(item.text());
      } catch (IllegalArgumentException wrong) {
        sweep.problems().add(item.origin(), item.path(), wrong.getMessage());
      }
    }
    for (Settings each : sweep.children("exclude")) {
      filter.exclude(each, axes, declared);
    }
    return filter;
  }

  private void exclude(Settings each, List<Axis> axes, List<Axis> declared) {
    Map<Integer, List<String>> exclusion = new TreeMap<>();
    int before = each.problems().list().size();
    for (Map.Entry<String, ConfigValue> entry :
        new TreeMap<>(leaves(each)).entrySet()) {
      String name = entry.getKey();
      int axis = Axes.indexOf(axes, name);
      if (axis < 0) {
        each.problem("", Axes.noSuch(name, axes));
        continue;
      }
      List<String> labels = labels(entry.getValue());
      for (String label : labels) {
        int then = Axes.indexOf(declared, name);
        boolean was = then >= 0 && declared.get(then).indexOf(label) >= 0;
        if (axes.get(axis).indexOf(label) < 0 && !was) {
          each.problem("", "axis '" + name + "' has no value '" + label + "', but "
              + String.join(", ", axes.get(axis).labels()));
        }
      }
      exclusion.put(axis, labels);
    }
    if (exclusion.isEmpty() && each.problems().list().size() == before) {
      each.problem("", "excludes nothing; write { AXIS = VALUE }");
    } else if (!exclusion.isEmpty()) {
      exclusions.add(exclusion);
      texts.add("not " + exclusion);
    }
    each.keys().forEach(each::ignore);
  }

  /** Keys as paths without quotes, as axes are named. */
  private static Map<String, ConfigValue> leaves(Settings each) {
    Map<String, ConfigValue> leaves = new TreeMap<>();
    for (Map.Entry<String, ConfigValue> leaf : each.object().toConfig().entrySet()) {
      leaves.put(leaf.getKey().replaceAll("^\"([^\"]*)\"$", "$1"), leaf.getValue());
    }
    return leaves;
  }

  private static List<String> labels(ConfigValue value) {
    List<String> labels = new ArrayList<>();
    if (value instanceof ConfigList list) {
      list.forEach(element -> labels.addAll(labels(element)));
    } else {
      labels.add(value.atKey("value").getString("value"));
    }
    return labels;
  }

  /** Whether a combination with these labels, one per axis, is a point. */
  boolean keeps(List<String> labels) {
    for (Condition condition : conditions) {
      if (!condition.holds(labels)) {
        return false;
      }
    }
    for (Map<Integer, List<String>> exclusion : exclusions) {
      if (exclusion.entrySet().stream()
          .allMatch(each -> each.getValue().contains(labels.get(each.getKey())))) {
        return false;
      }
    }
    return true;
  }

  /** What it says, for a sweep's identity. */
  List<String> texts() {
    return List.copyOf(texts);
  }
}
