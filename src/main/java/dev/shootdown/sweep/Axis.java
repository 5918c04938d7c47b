package dev.shootdown.sweep;

import java.util.List;

/**
 * What is varied, and through which values.
 *
 * @param name the column's name in tables
 * @param origin where it was written, {@code file:line}
 * @param sampled whether the values are a Latin-hypercube sample, which is never nested
 * @param levels at least one, in the order written
 */
public record Axis(String name, String origin, boolean sampled, List<Level> levels) {
  public Axis {
    levels = List.copyOf(levels);
  }

  /** The levels' labels, in their order. */
  public List<String> labels() {
    return levels.stream().map(Level::label).toList();
  }

  /** The place of the level with that label, −1 if there is none. */
  int indexOf(String label) {
    for (int i = 0; i < levels.size(); i++) {
      if (levels.get(i).label().equals(label)) {
        return i;
      }
    }
    return -1;
  }
}
