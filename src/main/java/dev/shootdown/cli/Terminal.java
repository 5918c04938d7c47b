package dev.shootdown.cli;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a verb was called.
 *
 * @param out for data
 * @param err for talk, progress and refusals
 * @param cwd what file names are relative to; absolute
 * @param home the project's directory, if the launcher named it
 * @param interrupts Ctrl-C
 */
record Terminal(
    PrintStream out, PrintStream err, Path cwd, Optional<Path> home, Interrupts interrupts) {
  private static final String SITE_FILE = "application.conf";

  /**
   * The file that {@code name} means here.
   *
   * @throws CliProblem if no file can have that name
   */
  Path file(String name) {
    try {
      return cwd.resolve(name);
    } catch (InvalidPathException nameless) {
      throw CliProblem.usage("'" + name + "' cannot be the name of a file");
    }
  }

  /** A file's name for a person: relative if it lies below the current directory. */
  String shown(Path file) {
    Path absolute = cwd.resolve(file).normalize();
    Path base = cwd.normalize();
    Path shown = absolute.startsWith(base) ? base.relativize(absolute) : absolute;
    return shown.toString().replace('\\', '/');
  }

  /** The site's defaults: those of the current directory before those of the project. */
  Optional<Path> siteFile() {
    return Stream.concat(Stream.of(cwd), home.stream())
        .map(directory -> directory.resolve(SITE_FILE))
        .filter(Files::isRegularFile)
        .findFirst();
  }
}
