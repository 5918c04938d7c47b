package dev.shootdown.scenario;

import com.typesafe.config.ConfigObject;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.Nearest;
import dev.shootdown.config.Origins;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Checks defaults of part types of which the machine has no part. Nobody reads them, so a misspelt
 * key would go unnoticed until there is such a part.
 */
final class UnusedDefaults {
  /** What a part of any type may have. */
  private static final List<String> OF_ALL = List.of("iommu", "pin", "socket", "switch", "tile");

  /** Read when first needed, since few scenarios set what they don't use. */
  private static final class Shipped {
    static final ConfigObject PARTS =
        (ConfigObject) ConfigFiles.reference(new Problems()).get("parts");
  }

  private final Collection<String> types;

  /** Knows {@code types} and no others. */
  UnusedDefaults(Collection<String> types) {
    this.types = types;
  }

  /** Complains about keys of {@code parts} that no part has, but for the types in {@code used}. */
  void check(Settings parts, Collection<String> used) {
    TreeSet<String> unused = new TreeSet<>(parts.keys());
    unused.removeAll(used);
    for (String type : unused) {
      boolean known = types.contains(type) || isShipped(parts, type);
      if (!known) {
        parts.problem(type, "is no type of parts" + near(type, types));
      } else if (parts.object().get(type) instanceof ConfigObject) {
        keys(parts.child(type), type);
      }
    }
  }

  private void keys(Settings at, String type) {
    for (String key : at.keys()) {
      if (!isShipped(at, key) && !OF_ALL.contains(key)) {
        List<String> known = new ArrayList<>(OF_ALL);
        if (Shipped.PARTS.get(type) instanceof ConfigObject defaults) {
          known.addAll(new TreeSet<>(defaults.keySet()));
        }
        if (!known.contains(key)) {
          at.problem(key, "unknown key" + near(key, known));
        }
      }
    }
    new TreeSet<>(at.object().keySet()).forEach(at::ignore);
  }

  private static boolean isShipped(Settings at, String key) {
    return Origins.isShipped(at.object().get(key).origin());
  }

  private static String near(String word, Collection<String> known) {
    return Nearest.to(word, known).map(name -> "; did you mean '" + name + "'?").orElse("");
  }
}
