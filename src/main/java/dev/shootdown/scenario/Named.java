package dev.shootdown.scenario;

import dev.shootdown.config.Settings;

/** Names of things that users declare. */
final class Named {
  private Named() {}

  /** The key {@code name}: plain words only, as they end up in file names and drawings. */
  static String read(Settings at) {
    String name = at.text("name");
    if (!name.matches("[a-z][a-z0-9-]{0,31}")) {
      at.problem("name", "'" + name + "' is no name; write a letter and up to 31 of a-z, 0-9, -");
    }
    return name;
  }
}
