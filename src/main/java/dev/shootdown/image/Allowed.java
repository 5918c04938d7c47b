package dev.shootdown.image;

import java.util.List;

/** The classes that an image may spell out: ours, and those beside a user's own parts. */
final class Allowed {
  private static final String OURS = "dev.shootdown.";

  private final List<String> packages;
  private final ClassLoader loader;

  /** Ours, and those in {@code packages}, whose names end with a dot. */
  Allowed(List<String> packages, ClassLoader loader) {
    this.packages = packages;
    this.loader = loader;
  }

  boolean covers(Class<?> type) {
    return covers(type.getName());
  }

  private boolean covers(String name) {
    return name.startsWith(OURS) || packages.stream().anyMatch(name::startsWith);
  }

  /**
   * The class of that name.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  Class<?> named(String name) {
    try {
      if (covers(name)) {
        return Class.forName(name, false, loader);
      }
    } catch (ClassNotFoundException gone) {
      throw new IllegalArgumentException("there is no class " + name, gone);
    }
    throw new IllegalArgumentException("an image can't hold a " + name);
  }
}
