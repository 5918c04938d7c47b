package dev.shootdown.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Which program this is. */
final class Build {
  private Build() {}

  /** The version in the jar's manifest, or what to call a program run from its classes. */
  static String version() {
    String version = Build.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }

  /** The commit that is checked out in {@code home}; empty where there is no repository. */
  static Optional<String> commit(Path home) {
    Path git = home.resolve(".git");
    try {
      String head = Files.readString(git.resolve("HEAD")).strip();
      if (!head.startsWith("ref: ")) {
        return Optional.of(head);
      }
      String name = head.substring("ref: ".length());
      Path loose = git.resolve(name);
      return Files.isRegularFile(loose)
          ? Optional.of(Files.readString(loose).strip())
          : packed(Files.readAllLines(git.resolve("packed-refs")), name);
    } catch (IOException none) {
      return Optional.empty();
    }
  }

  private static Optional<String> packed(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.endsWith(" " + name))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .findFirst();
  }
}
