package dev.shootdown.report;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What differs between two configurations as {@code config.conf} writes them. */
public final class SettingChanges {
  private static final String ABSENT = "(none)";

  /** A key with both values. */
  public record Change(String path, String first, String second) {}

  /**
   * A configuration.
   *
   * @param file for messages
   */
  public record Side(String file, String text) {
    SortedMap<String, String> values() {
      SortedMap<String, String> values = new TreeMap<>();
      ConfigLines.read(file, text).forEach(
          setting -> values.put(setting.path(), setting.value()));
      return values;
    }
  }

  private final List<Change> changes;

  private SettingChanges(List<Change> changes) {
    this.changes = changes;
  }

  /**
   * Compares two.
   *
   * @throws UnreadableResult if one is not as it was written
   */
  public static SettingChanges between(Side first, Side second) {
    SortedMap<String, String> one = first.values();
    SortedMap<String, String> other = second.values();
    TreeSet<String> all = new TreeSet<>(one.keySet());
    all.addAll(other.keySet());
    List<Change> changes = new ArrayList<>();
    for (String path : all) {
      String before = one.getOrDefault(path, ABSENT);
      String after = other.getOrDefault(path, ABSENT);
      if (!before.equals(after)) {
        changes.add(new Change(path, before, after));
      }
    }
    return new SettingChanges(changes);
  }

  /** Whether a key that {@code matters} has another value. */
  public boolean has(Predicate<String> matters) {
    return changes.stream().anyMatch(change -> matters.test(change.path()));
  }

  /** By path. */
  public ReportTable table() {
    return new ReportTable(
        "settings", "Changed settings", List.of("key", "first", "second"),
        changes.stream()
            .map(change -> List.of(change.path(), change.first(), change.second())).toList());
  }
}
