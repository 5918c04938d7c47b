package dev.shootdown.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The bookkeeping under {@link Settings}: one object, which of its keys were asked for and which
 * were read, and complaints with the right origin and path.
 */
final class Cursor {
  private static final String AN_OBJECT = "an object { ... }";
  private static final String A_LIST = "a list [ ... ]";
  private static final int KEYS_SHOWN_MOST = 12;

  private final ConfigObject object;
  private final String path;
  private final String name;
  private final Problems problems;
  /** Stands in for an object that is missing: that was one complaint, its keys are none. */
  private final boolean muted;
  private final TreeSet<String> read = new TreeSet<>();
  private final TreeSet<String> known = new TreeSet<>();
  /** Keys that were refused: their readers go on with a stand-in, which the user never wrote. */
  private final TreeSet<String> refused = new TreeSet<>();

  private Cursor(ConfigObject object, String path, String name, Problems problems,
      boolean muted) {
    this.object = object;
    this.path = path;
    this.name = name;
    this.problems = problems;
    this.muted = muted;
  }

  static Cursor of(ConfigObject object, String path, Problems problems) {
    return new Cursor(object, path, path, problems, false);
  }

  ConfigObject object() {
    return object;
  }

  String path() {
    return path;
  }

  String name() {
    return name;
  }

  Problems problems() {
    return problems;
  }

  boolean has(String key) {
    known.add(key);
    return value(key).isPresent();
  }

  List<String> keys() {
    return new TreeSet<>(object.keySet()).stream().filter(key -> value(key).isPresent()).toList();
  }

  void markRead(String key) {
    known.add(key);
    read.add(key);
  }

  /** Reads a single value of any kind: the one door all readers of such values go through. */
  <T> T read(String key, Kind<T> kind) {
    Optional<ConfigValue> value = take(key, kind.expected(), true);
    if (value.isEmpty()) {
      return kind.harmless();
    }
    Optional<String> text = Scalars.text(value.get());
    if (text.isEmpty()) {
      refuse(key, "must be " + kind.expected() + ", not " + Scalars.shown(value.get()));
      return kind.harmless();
    }
    try {
      return kind.read(text.get());
    } catch (Refusal refusal) {
      refuse(key, refusal.getMessage());
      return kind.harmless();
    }
  }

  /** The object under a key; a muted stand-in if there is none. */
  Cursor child(String key) {
    Optional<ConfigObject> found = expect(key, ConfigObject.class, AN_OBJECT, true);
    return new Cursor(found.orElse(ConfigFactory.empty().root()), pathOf(key), key, problems,
        muted || found.isEmpty());
  }

  /** An element of the list under a key, as a cursor of its own. */
  Optional<Cursor> element(String key, int index, ConfigValue element) {
    if (element instanceof ConfigObject inner) {
      String at = pathOf(key, index);
      return Optional.of(new Cursor(inner, at, key + "[" + index + "]", problems, muted));
    }
    complainAt(key, index, element, "must be " + AN_OBJECT + ", not " + Scalars.shown(element));
    return Optional.empty();
  }

  /** The elements of the list under a key; none if it is absent or no list. */
  List<ConfigValue> elements(String key, boolean needed) {
    Optional<ConfigList> list = expect(key, ConfigList.class, A_LIST, needed);
    return list.isPresent() ? list.get() : List.of();
  }

  /**
   * Complains about a key at its origin, or at the object's if it is absent or empty. Of a key that
   * was refused already, whatever else is wrong is wrong with its stand-in, and isn't told.
   */
  void problem(String key, String message) {
    if (!refused.contains(key)) {
      complain(origin(key), key.isEmpty() ? path : pathOf(key), message);
    }
  }

  /** Complains about what stands under a key that goes on with a stand-in. */
  private void refuse(String key, String message) {
    problem(key, message);
    refused.add(key);
  }

  /** As {@link #problem}, about something that the model lacks. */
  void notModelled(String key, String message) {
    if (!muted && !refused.contains(key)) {
      problems.addNotModelled(origin(key), key.isEmpty() ? path : pathOf(key), message);
    }
  }

  private ConfigOrigin origin(String key) {
    ConfigValue at = key.isEmpty() ? object : object.getOrDefault(key, object);
    return at.origin();
  }

  void complainAt(String key, int index, ConfigValue element, String message) {
    complain(element.origin(), pathOf(key, index), message);
  }

  /** A key that was asked for and is null was found absent, so it is not unknown. */
  void complainAboutUnread() {
    for (String key : new TreeSet<>(object.keySet())) {
      boolean foundAbsent = known.contains(key) && value(key).isEmpty();
      if (!read.contains(key) && !foundAbsent) {
        complain(object.get(key).origin(), pathOf(key), "unknown key" + hint(key));
      }
    }
  }

  String pathOf(String key, int index) {
    return pathOf(key) + "[" + index + "]";
  }

  private String pathOf(String key) {
    String quoted = ConfigUtil.joinPath(key);
    return path.isEmpty() ? quoted : path + "." + quoted;
  }

  private Optional<ConfigValue> take(String key, String expected, boolean needed) {
    markRead(key);
    Optional<ConfigValue> value = value(key);
    if (value.isEmpty() && needed) {
      refuse(key, "missing; expected " + expected);
    }
    return value;
  }

  private <V extends ConfigValue> Optional<V> expect(String key, Class<V> type, String expected,
      boolean needed) {
    Optional<ConfigValue> value = take(key, expected, needed);
    if (value.isPresent() && !type.isInstance(value.get())) {
      refuse(key, "must be " + expected + ", not " + Scalars.shown(value.get()));
    }
    return value.filter(type::isInstance).map(type::cast);
  }

  private Optional<ConfigValue> value(String key) {
    return Optional.ofNullable(object.get(key))
        .filter(value -> value.valueType() != ConfigValueType.NULL);
  }

  private void complain(ConfigOrigin origin, String at, String message) {
    if (!muted) {
      problems.add(origin, at, message);
    }
  }

  private String hint(String key) {
    TreeSet<String> free = new TreeSet<>(known);
    free.remove(key);
    Optional<String> near = Nearest.to(key, free);
    if (near.isPresent() || free.isEmpty()) {
      return Kinds.didYouMean(near);
    }
    List<String> some = free.stream().limit(KEYS_SHOWN_MOST).toList();
    return "; known keys here: " + String.join(", ", some)
        + (some.size() < free.size() ? ", ..." : "");
  }
}
