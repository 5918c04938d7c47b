package dev.shootdown.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the shipped defaults say about each key: the comment above it is its documentation.
 *
 * <p>Every method throws {@link ConfigProblems} if the shipped defaults themselves are broken.
 */
public final class ReferenceText {
  /**
   * The documentation of one key.
   *
   * @param path the dotted path, as a scenario writes it
   * @param meaning the comment lines above the key, one per line; empty if there are none
   * @param defaultText the default as HOCON; empty for an object, whose keys have their own
   * @param origin {@code file:line} of the key
   */
  public record KeyDoc(String path, String meaning, String defaultText, String origin) {}

  /** Read once, at the first question. */
  private static final class Shipped {
    static final Problems PROBLEMS = new Problems();
    static final SortedMap<String, KeyDoc> DOCS =
        describe(ConfigFiles.shipped(PROBLEMS), PROBLEMS);
  }

  private static final int SLIPS_MOST = 4;

  private ReferenceText() {}

  /** What the defaults say about a key. */
  public static Optional<KeyDoc> find(String path) {
    return Optional.ofNullable(shipped().get(path.strip()));
  }

  /** All paths with a default, objects included, sorted. */
  public static List<String> paths() {
    return List.copyOf(shipped().keySet());
  }

  /**
   * What files say about the keys that they set themselves, by path; whole objects and lists of
   * objects, such as a machine's parts, are left out.
   *
   * @param effective what was loaded from them, defaults below
   */
  public static List<KeyDoc> setIn(ConfigObject effective) {
    SortedMap<String, KeyDoc> docs = new TreeMap<>();
    describe(effective, effective, "", docs);
    return docs.values().stream()
        .filter(doc -> !doc.defaultText().isEmpty() && !doc.defaultText().startsWith("[{"))
        .filter(
            doc -> {
              KeyDoc known = shipped().get(doc.path());
              return known == null || !known.origin().equals(doc.origin());
            })
        .toList();
  }

  /** Up to {@code most} paths that may have been meant, nearest first. */
  public static List<String> nearest(String path, int most) {
    return nearest(path, most, shipped());
  }

  static List<String> nearest(String path, int most, SortedMap<String, KeyDoc> docs) {
    int allowed = Math.max(2, Math.min(SLIPS_MOST, path.length() / 3));
    return docs.keySet().stream()
        .filter(candidate -> slips(path, candidate) <= allowed)
        .sorted(Comparator.<String>comparingInt(candidate -> slips(path, candidate))
            .thenComparing(Comparator.naturalOrder()))
        .limit(most)
        .toList();
  }

  /** The documentation of every key below the root key, by path. */
  static SortedMap<String, KeyDoc> describe(ConfigObject shipped, Problems problems) {
    SortedMap<String, KeyDoc> docs = new TreeMap<>();
    describe(ConfigFiles.reference(problems, shipped), shipped, "", docs);
    return docs;
  }

  /**
   * Walks the resolved object for what keys there are and what they are worth, and the object as
   * it was written for the comments: a substitution brings along the comment of where it points.
   */
  private static void describe(ConfigObject resolved, ConfigValue written, String path,
      SortedMap<String, KeyDoc> docs) {
    for (String key : new TreeSet<>(resolved.keySet())) {
      String quoted = ConfigUtil.joinPath(key);
      String at = path.isEmpty() ? quoted : path + "." + quoted;
      ConfigValue value = resolved.get(key);
      ConfigValue own = member(written, key).orElse(value);
      boolean object = value instanceof ConfigObject members && !members.isEmpty();
      docs.put(at, new KeyDoc(at, meaning(own.origin()), object ? "" : ConfigText.inline(value),
          Origins.show(own.origin())));
      if (value instanceof ConfigObject members) {
        describe(members, own, at, docs);
      }
    }
  }

  private static Optional<ConfigValue> member(ConfigValue written, String key) {
    try {
      return written instanceof ConfigObject object
          ? Optional.ofNullable(object.get(key)) : Optional.empty();
    } catch (ConfigException.NotResolved substitution) {
      return Optional.empty(); // an object made by substitution has its keys elsewhere
    }
  }

  private static String meaning(ConfigOrigin origin) {
    return origin.comments().stream().map(String::strip).collect(Collectors.joining("\n")).strip();
  }

  /** A user may know a key by its last element only; that is as good as its path. */
  private static int slips(String wanted, String path) {
    int whole = Nearest.distance(wanted, path);
    int dot = path.lastIndexOf('.');
    int lastDot = wanted.lastIndexOf('.');
    int last = Nearest.distance(wanted.substring(lastDot + 1), path.substring(dot + 1));
    int elsewhere = last + (lastDot < 0 ? 0 : 1);
    boolean tellsMuch = wanted.length() - lastDot > SLIPS_MOST || last == 0;
    return tellsMuch && last <= 2 ? Math.min(whole, elsewhere) : whole;
  }

  private static SortedMap<String, KeyDoc> shipped() {
    SortedMap<String, KeyDoc> docs = Shipped.DOCS;
    Shipped.PROBLEMS.throwIfAny();
    return docs;
  }
}
