package dev.shootdown.sweep;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One value of an axis.
 *
 * @param label as it is written and shown
 * @param settings what it sets: configuration paths with their values in HOCON
 */
public record Level(String label, SortedMap<String, String> settings) {
  public Level {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  /** The level that sets one key. */
  static Level of(String path, String text) {
    TreeMap<String, String> settings = new TreeMap<>();
    settings.put(path, Texts.value(text));
    return new Level(text, settings);
  }
}
