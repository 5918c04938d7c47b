package dev.shootdown.sweep;

import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One combination of levels.
 *
 * @param index its place among all points of the sweep, from 0
 * @param levels one per axis, in the order of the axes
 */
public record Point(int index, List<Level> levels) {
  public Point {
    levels = List.copyOf(levels);
  }

  /** What it is called in tables and on the command line: {@code p00042}. */
  public String id() {
    return id(index);
  }

  static String id(int index) {
    return String.format(Locale.ROOT, "p%05d", index);
  }

  /** The labels, in the order of the axes. */
  public List<String> labels() {
    return levels.stream().map(Level::label).toList();
  }

  /** What it sets; where two axes set the same key, the later axis wins. */
  SortedMap<String, String> settings() {
    TreeMap<String, String> settings = new TreeMap<>();
    levels.forEach(level -> settings.putAll(level.settings()));
    return settings;
  }
}
