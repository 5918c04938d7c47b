package dev.shootdown.audit;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.shootdown.config.ConfigFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Puts overlays on top of each other, and cuts them up again. */
final class Overlays {
  /** Lists that each layer adds to; every other value is replaced. */
  private static final List<String> ADDED =
      List.of("machine.parts", "machine.wires", "files", "processes", "workload", "dma", "trouble");

  private Overlays() {}

  /** Nothing. */
  static ConfigObject empty() {
    return ConfigFactory.empty().root();
  }

  /** {@code upper} on top of {@code lower}. */
  static ConfigObject over(ConfigObject upper, ConfigObject lower) {
    ConfigObject merged = upper.withFallback(lower);
    for (String path : ADDED) {
      ConfigValue below = at(lower, path);
      ConfigValue above = at(upper, path);
      if (below instanceof ConfigList first && above instanceof ConfigList second) {
        List<ConfigValue> all = new ArrayList<>(first);
        all.addAll(second);
        ConfigList list =
            ConfigValueFactory.fromIterable(all).withOrigin(second.origin());
        merged = merged.toConfig().withValue(path, list).root();
      }
    }
    return merged;
  }

  /**
   * An overlay whose texts speak of a row's accesses: {@code &#64;area&#64;} is the area of the
   * first, {@code &#64;first&#64;} what it is for, {@code &#64;second&#64;} what the second is for,
   * or the only one.
   */
  static ConfigObject filled(ConfigObject overlay, Row row) {
    String text = overlay.render(ConfigRenderOptions.concise());
    if (!text.contains("@area@") || row.accesses().isEmpty()) {
      return overlay;
    }
    Row.Access first = row.accesses().get(0);
    Row.Access second = row.accesses().get(row.accesses().size() > 1 ? 1 : 0);
    String filled =
        text.replace("@area@", first.area())
            .replace("@first@", first.access())
            .replace("@second@", second.access());
    return ConfigFactory.parseString(filled).root();
  }

  /** What {@code changed} says differently than {@code original}, or in addition to it. */
  static ConfigObject difference(ConfigObject changed, ConfigObject original) {
    ConfigObject rest = changed;
    for (String key : new TreeSet<>(changed.keySet())) {
      ConfigValue now = changed.get(key);
      ConfigValue before = original.get(key);
      if (now instanceof ConfigObject inner && before instanceof ConfigObject outer) {
        ConfigObject part = difference(inner, outer);
        rest = part.isEmpty() ? rest.withoutKey(key) : rest.withValue(key, part);
      } else if (before != null && text(now).equals(text(before))) {
        rest = rest.withoutKey(key);
      }
    }
    return rest;
  }

  /** As {@code path=value} for each key at the root. */
  static List<String> assignments(ConfigObject overlay) {
    List<String> assignments = new ArrayList<>();
    for (String key : new TreeSet<>(overlay.keySet())) {
      assignments.add(ConfigUtil.joinPath(key) + "=" + json(overlay.get(key)));
    }
    return assignments;
  }

  /** The value at a path of plain keys, or null. */
  static ConfigValue at(ConfigObject object, String path) {
    return object.toConfig().hasPathOrNull(path) ? object.toConfig().getValue(path) : null;
  }

  /**
   * Where the value at {@code path} was written, or what is next to it on the way there.
   *
   * @param path as messages write it: {@code workload[0].do[1]}
   */
  static ConfigOrigin origin(ConfigObject object, String path) {
    ConfigValue value = object;
    for (String step : path.replace("[", ".[").split("\\.")) {
      ConfigValue next = null;
      if (step.startsWith("[") && value instanceof ConfigList list) {
        int index = Integer.parseInt(step.substring(1, step.length() - 1));
        next = index < list.size() ? list.get(index) : null;
      } else if (value instanceof ConfigObject inner) {
        next = inner.get(step.replace("\"", ""));
      }
      if (next == null) {
        return value.origin();
      }
      value = next;
    }
    return value.origin();
  }

  private static String text(ConfigValue value) {
    return ConfigFiles.canonical(empty().withValue("v", value));
  }

  private static String json(ConfigValue value) {
    return value.render(ConfigRenderOptions.concise());
  }
}
