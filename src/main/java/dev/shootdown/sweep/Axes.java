package dev.shootdown.sweep;

import dev.shootdown.config.Nearest;
import java.util.List;

/** Finds axes by name. */
final class Axes {
  private Axes() {}

  /** The place of the axis of that name, −1 if there is none. */
  static int indexOf(List<Axis> axes, String name) {
    for (int i = 0; i < axes.size(); i++) {
      if (axes.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  static List<String> names(List<Axis> axes) {
    return axes.stream().map(Axis::name).toList();
  }

  /** What to say if there is no axis of that name. */
  static String noSuch(String name, List<Axis> axes) {
    List<String> names = names(axes);
    return "there is no axis '" + name + "'"
        + Nearest.to(name, names)
            .map(near -> "; did you mean '" + near + "'?")
            .orElse(names.isEmpty() ? "" : "; there are " + String.join(", ", names));
  }
}
