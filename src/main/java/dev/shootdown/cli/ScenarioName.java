package dev.shootdown.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A scenario file, and the one variant of it that is meant, if only one is. */
record ScenarioName(Path file, Optional<String> variant) {
  /**
   * Takes {@code SCENARIO[:VARIANT]} apart. A file whose own name has a colon is found first.
   *
   * @throws CliProblem if there is nothing on one side of the colon
   */
  static ScenarioName of(String text, Terminal terminal) {
    int colon = text.lastIndexOf(':');
    if (colon < 0 || Files.exists(terminal.file(text))) {
      return new ScenarioName(file(text, terminal), Optional.empty());
    }
    if (colon == text.length() - 1) {
      throw CliProblem.usage("'" + text + "' names no variant behind the colon");
    }
    return new ScenarioName(
        file(text.substring(0, colon), terminal), Optional.of(text.substring(colon + 1)));
  }

  private static Path file(String name, Terminal terminal) {
    if (name.isBlank()) {
      throw CliProblem.usage("a scenario file is missing; ./shootdown list scenarios names some");
    }
    return terminal.file(name);
  }
}
