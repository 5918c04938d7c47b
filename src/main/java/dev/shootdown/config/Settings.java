package dev.shootdown.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A cursor over one HOCON object that reads typed values, remembers what was read, and complains
 * about the rest.
 *
 * <p>No reader throws on what a user wrote. A bad or missing value becomes a {@link Problem} and
 * the reader returns a harmless legal value (the least number, the first choice, an empty text), so
 * that all mistakes of a file come out together. Readers whose name ends in {@code Or} are for keys
 * that may be absent. A key set to {@code null} counts as absent.
 *
 * <p>Call {@link #finish()} when everything has been read; {@link #bind(Class)} does so itself. It
 * finishes the objects handed out as well, so read those before. Not safe for several threads.
 */
public final class Settings {
  /** An element of a list of plain values: its text, where it stands, its full path. */
  public record Item(String text, ConfigOrigin origin, String path) {}

  private final Cursor cursor;
  private final TreeMap<String, Settings> objects = new TreeMap<>();
  private final TreeMap<String, List<Settings>> lists = new TreeMap<>();
  private boolean finished;

  private Settings(Cursor cursor) {
    this.cursor = cursor;
  }

  /**
   * A cursor over a resolved object.
   *
   * @param path where the object stands, for messages; empty for the root
   */
  public static Settings of(ConfigObject object, String path, Problems problems) {
    return new Settings(Cursor.of(object, path, problems));
  }

  /** The full path of this object, {@code machine.parts[3]}; empty for the root. */
  public String path() {
    return cursor.path();
  }

  /** The key this object stands under in its parent: {@code tlb}, {@code parts[3]}. */
  public String name() {
    return cursor.name();
  }

  /** The object itself, for layering it with others. */
  public ConfigObject object() {
    return cursor.object();
  }

  /** Where the object stands, for complaints about all of it. */
  public ConfigOrigin origin() {
    return cursor.object().origin();
  }

  /** Where complaints go: the same for all objects of a load. */
  public Problems problems() {
    return cursor.problems();
  }

  /** Whether the key is there and not {@code null}. Does not count as reading it. */
  public boolean has(String key) {
    return cursor.has(key);
  }

  /** A time with its unit ({@code 120ns}) in picoseconds, at least 0. */
  public long timePs(String key) {
    return timePs(key, 0, Long.MAX_VALUE);
  }

  /** A time with its unit in picoseconds, from {@code minPs} to {@code maxPs}. */
  public long timePs(String key, long minPs, long maxPs) {
    return cursor.read(key, Kinds.scaled(Scale.TIME, Kinds.Range.of(minPs, maxPs)));
  }

  /** As {@link #timePs(String)}; {@code fallbackPs} if the key is absent. */
  public long timePsOr(String key, long fallbackPs) {
    return has(key) ? timePs(key) : fallbackPs;
  }

  /** A size with its unit ({@code 4KiB}, {@code 2MB}, {@code 64B}) in bytes, at least 0. */
  public long bytes(String key) {
    return cursor.read(key, Kinds.scaled(Scale.BYTES, Kinds.Range.of(0, Long.MAX_VALUE)));
  }

  /** As {@link #bytes(String)}; {@code fallbackBytes} if the key is absent. */
  public long bytesOr(String key, long fallbackBytes) {
    return has(key) ? bytes(key) : fallbackBytes;
  }

  /** A bandwidth with its unit ({@code 31.5GB/s}) in bytes per second, at least 1. */
  public long bytesPerSecond(String key) {
    return cursor.read(key, Kinds.scaled(Scale.BANDWIDTH, Kinds.Range.of(1, Long.MAX_VALUE)));
  }

  /** A whole number without a unit, from {@code min} to {@code max}. */
  public int count(String key, int min, int max) {
    return Math.toIntExact(cursor.read(key, Kinds.whole(Kinds.Range.of(min, max))));
  }

  /** As {@link #count(String, int, int)}; {@code fallback} if the key is absent. */
  public int countOr(String key, int min, int max, int fallback) {
    return has(key) ? count(key, min, max) : fallback;
  }

  /** A whole number at least 0; {@code fallback} if the key is absent. */
  public int countOr(String key, int fallback) {
    return countOr(key, 0, Integer.MAX_VALUE, fallback);
  }

  /** A whole number that may need 64 bits, such as a seed, from {@code min} to {@code max}. */
  public long wholeNumber(String key, long min, long max) {
    return cursor.read(key, Kinds.whole(Kinds.Range.of(min, max)));
  }

  /** An address ({@code 0x7f0000000000} or decimal), from 0 to 2<sup>57</sup> - 1. */
  public long address(String key) {
    return cursor.read(key, Kinds.address(Kinds.Range.of(0, Kinds.ADDRESS_MAX)));
  }

  /** As {@link #address(String)}; {@code fallback} if the key is absent. */
  public long addressOr(String key, long fallback) {
    return has(key) ? address(key) : fallback;
  }

  /** A number from 0.0 to 1.0. */
  public double ratio(String key) {
    return cursor.read(key, Kinds.RATIO);
  }

  /** As {@link #ratio(String)}; {@code fallback} if the key is absent. */
  public double ratioOr(String key, double fallback) {
    return has(key) ? ratio(key) : fallback;
  }

  /** {@code true} or {@code false}; nothing else stands for them. */
  public boolean flag(String key) {
    return cursor.read(key, Kinds.FLAG);
  }

  /** As {@link #flag(String)}; {@code fallback} if the key is absent. */
  public boolean flagOr(String key, boolean fallback) {
    return has(key) ? flag(key) : fallback;
  }

  /** A text; a number is taken as it was written ({@code 6.10} stays {@code 6.10}). */
  public String text(String key) {
    return cursor.read(key, Kinds.TEXT);
  }

  /** As {@link #text(String)}; {@code fallback} if the key is absent. */
  public String textOr(String key, String fallback) {
    return has(key) ? text(key) : fallback;
  }

  /** A constant of an enum, in lower case with hyphens ({@code LOCAL_FLUSH}: local-flush). */
  public <E extends Enum<E>> E choice(String key, Class<E> type) {
    return cursor.read(key, Kinds.choice(type));
  }

  /** As {@link #choice(String, Class)}; {@code fallback} if the key is absent. */
  public <E extends Enum<E>> E choiceOr(String key, Class<E> type, E fallback) {
    return has(key) ? choice(key, type) : fallback;
  }

  /** The object under a key; the same cursor each time it is asked for. */
  public Settings child(String key) {
    return objects.computeIfAbsent(key, absent -> new Settings(cursor.child(absent)));
  }

  /** The objects of a list, in its order; empty if the key is absent. */
  public List<Settings> children(String key) {
    return lists.computeIfAbsent(key, this::readChildren);
  }

  /** All keys of this object that are not {@code null}, sorted. */
  public List<String> keys() {
    return cursor.keys();
  }

  /** The keys whose value is an object, each as {@link #child(String)}, in sorted order. */
  public List<Settings> objects() {
    return keys().stream()
        .filter(key -> cursor.object().get(key) instanceof ConfigObject)
        .map(this::child)
        .toList();
  }

  /** The texts of a list, in its order. */
  public List<String> texts(String key) {
    return items(key).stream().map(Item::text).toList();
  }

  /** As {@link #texts(String)}; {@code fallback} if the key is absent. */
  public List<String> textsOr(String key, List<String> fallback) {
    return has(key) ? texts(key) : fallback;
  }

  /** The plain values of a list with their origins, in its order. */
  public List<Item> items(String key) {
    List<Item> items = new ArrayList<>();
    List<ConfigValue> elements = cursor.elements(key, true);
    for (int i = 0; i < elements.size(); i++) {
      ConfigValue element = elements.get(i);
      Optional<String> text = Scalars.text(element);
      if (text.isPresent()) {
        items.add(new Item(text.get(), element.origin(), cursor.pathOf(key, i)));
      } else {
        cursor.complainAt(key, i, element, "must be a single value, not "
            + Scalars.shown(element));
      }
    }
    return List.copyOf(items);
  }

  /**
   * Complains about a key at its origin, or at this object's if the key is absent. An empty key
   * stands for this object.
   */
  public void problem(String key, String message) {
    cursor.problem(key, message);
  }

  /** As {@link #problem}, about something real that the model lacks: not the author's mistake. */
  public void notModelled(String key, String message) {
    cursor.notModelled(key, message);
  }

  /** Marks a key as read, with all below it, for a reader that is someone else's. */
  public void ignore(String key) {
    cursor.markRead(key);
  }

  /**
   * Fills a record from this object by the names of its components, and {@linkplain #finish()
   * finishes}. The rules are in {@link Key}, {@link Limits}, {@link PowerOfTwo}, {@link Checked}
   * and, for names and types:
   *
   * <p>{@code latencyPs}, {@code sizeBytes}, {@code linkBytesPerSecond}, {@code baseAddress} (long)
   * read the keys {@code latency}, {@code size}, {@code link}, {@code base}; {@code hitRatio}
   * (double) reads {@code hit}; {@code int} and {@code long} without such a suffix,
   * {@code boolean}, {@code String}, enums, nested records, and {@code List}s of texts, choices and
   * records read the key of their own name, with hyphens ({@code outstandingMax}: {@code
   * outstanding-max}). An {@code Optional} of any of these is empty if the key is absent.
   *
   * <p>Rules across components belong in {@link Checked}: a constructor that refuses ends the load
   * before what comes after it could be read.
   *
   * @throws IllegalArgumentException if the record itself breaks these rules
   * @throws ConfigProblems with all problems so far, if the record's constructor refuses
   */
  public <R extends Record> R bind(Class<R> type) {
    R bound = Binder.bind(this, type);
    finish();
    return bound;
  }

  /**
   * Complains about every key that nobody has read, with the nearest known one, here and in the
   * objects handed out that have not been finished yet. Call it after all reading; calling it
   * again does nothing.
   */
  public void finish() {
    if (finished) {
      return;
    }
    finished = true;
    cursor.complainAboutUnread();
    objects.values().forEach(Settings::finish);
    lists.values().forEach(children -> children.forEach(Settings::finish));
  }

  /** Reads a single value of a kind that {@link Binder} has put together. */
  <T> T read(String key, Kind<T> kind) {
    return cursor.read(key, kind);
  }

  private List<Settings> readChildren(String key) {
    List<Settings> children = new ArrayList<>();
    List<ConfigValue> elements = cursor.elements(key, false);
    for (int i = 0; i < elements.size(); i++) {
      cursor.element(key, i, elements.get(i)).map(Settings::new).ifPresent(children::add);
    }
    return List.copyOf(children);
  }
}
