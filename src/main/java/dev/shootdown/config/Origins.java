package dev.shootdown.config;

import com.typesafe.config.ConfigOrigin;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Shows where a value comes from as {@code file:line}. */
public final class Origins {
  /** The origin of what was given with {@code -D}. */
  static final String COMMAND_LINE = "command line";

  private static final String MERGE_OF = "merge of ";
  private static final Pattern PLACE = Pattern.compile("(.*?)(?:: ([0-9]+)(?:-[0-9]+)?)?");

  private Origins() {}

  /** {@code file:line}, with the file relative to {@code relativeTo} if it lies below it. */
  public static String show(ConfigOrigin origin, Path relativeTo) {
    String shown = show(origin);
    int colon = shown.lastIndexOf(':');
    String file = colon < 0 ? shown : shown.substring(0, colon);
    try {
      Path path = Path.of(file);
      return path.isAbsolute() ? file(path, relativeTo) + shown.substring(file.length()) : shown;
    } catch (InvalidPathException notFromFile) {
      return shown;
    }
  }

  /** {@code file:line}, the file as it was named when it was read. */
  public static String show(ConfigOrigin origin) {
    Matcher place = PLACE.matcher(firstOf(origin.description()));
    if (!place.matches() || place.group(2) == null || place.group(1).equals(COMMAND_LINE)) {
      return place.matches() ? place.group(1) : origin.description();
    }
    return place.group(1) + ":" + place.group(2);
  }

  /** Whether something comes from the defaults or the profiles that ship with the program. */
  public static boolean isShipped(ConfigOrigin origin) {
    String place = firstOf(origin.description());
    return place.startsWith(ConfigFiles.REFERENCE + ": ") || place.startsWith("classpath:");
  }

  /** What {@link Problems#fileNamed} says, with names of files relative to {@code base}. */
  static Optional<Path> fileNamed(ConfigOrigin origin, String name, Path base) {
    String shown = show(origin);
    if (shown.equals(COMMAND_LINE)) {
      return Optional.of(base.resolve(name));
    }
    Matcher place = Pattern.compile("(.*):[0-9]+").matcher(shown);
    String file = place.matches() ? place.group(1) : shown;
    boolean onDisk = !file.startsWith("classpath:") && !file.equals(ConfigFiles.REFERENCE);
    return onDisk ? Optional.of(base.resolve(file).resolveSibling(name)) : Optional.empty();
  }

  /** A file's name with slashes, relative to {@code relativeTo} if it lies below it. */
  static String file(Path file, Path relativeTo) {
    Path absolute = file.toAbsolutePath().normalize();
    Path base = relativeTo.toAbsolutePath().normalize();
    Path shown = absolute.startsWith(base) ? base.relativize(absolute) : absolute;
    return shown.toString().replace('\\', '/');
  }

  /**
   * An object that several files contribute to has them all as origin, strongest first. The first
   * file is where a user would mend it; a key that is missing is never to be mended in a
   * {@code -D} that happened to set its neighbour.
   */
  private static String firstOf(String description) {
    if (!description.startsWith(MERGE_OF)) {
      return description;
    }
    String[] parts = description.substring(MERGE_OF.length()).split("(?<=[0-9]),");
    for (String part : parts) {
      if (!part.startsWith(COMMAND_LINE)) {
        return part;
      }
    }
    return parts[0];
  }
}
