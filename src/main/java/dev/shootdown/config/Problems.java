package dev.shootdown.config;

import com.typesafe.config.ConfigOrigin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Collects all problems of a load, so that the user can mend them in one go.
 *
 * <p>Readers add to it and carry on with a harmless value; whoever started the load calls
 * {@link #throwIfAny()} before anything is built from what was read. Not safe for several threads.
 */
public final class Problems {
  private static final Comparator<Problem> ORDER =
      Comparator.comparing(Problem::file)
          .thenComparingInt(Problem::lineNumber)
          .thenComparing(Problem::path)
          .thenComparing(Problem::message)
          .thenComparing(Problem::kind);

  private final Optional<Path> relativeTo;
  private final List<Problem> found = new ArrayList<>();

  /** Shows origins as the files were named. */
  public Problems() {
    this.relativeTo = Optional.empty();
  }

  /** Shows origins below {@code relativeTo} relative to it. */
  public Problems(Path relativeTo) {
    this.relativeTo = Optional.of(relativeTo);
  }

  /** Adds a complaint about what {@code origin} points at; {@code path} may be empty. */
  public void add(ConfigOrigin origin, String path, String message) {
    addAt(shown(origin), path, message);
  }

  /** As {@link #add(ConfigOrigin, String, String)}, about something that the model lacks. */
  public void addNotModelled(ConfigOrigin origin, String path, String message) {
    add(new Problem(shown(origin), path, message, Problem.Kind.NOT_MODELLED));
  }

  /** Adds a complaint as another load made it, or as it was moved. */
  public void add(Problem problem) {
    found.add(problem);
  }

  /** How an origin is named in complaints. */
  public String shown(ConfigOrigin origin) {
    return relativeTo.map(base -> Origins.show(origin, base))
        .orElseGet(() -> Origins.show(origin));
  }

  /**
   * The file that {@code name} means where {@code origin} stands: beside the file of the origin,
   * or, on the command line, where file names of this load are relative to. Empty if the origin is
   * no file, or if this load is told none of its files' places.
   *
   * @throws java.nio.file.InvalidPathException if that can't be a file's name
   */
  public Optional<Path> fileNamed(ConfigOrigin origin, String name) {
    return relativeTo.flatMap(base -> Origins.fileNamed(origin, name, base));
  }

  /** How a file is named in complaints. */
  public String shown(Path file) {
    return relativeTo.map(base -> Origins.file(file, base)).orElseGet(file::toString);
  }

  /** Adds a complaint at an origin that is text already ({@code file:line}, or a file's name). */
  public void addAt(String origin, String path, String message) {
    add(new Problem(origin, path, message));
  }

  /** Whether nobody has complained of anything yet. */
  public boolean isEmpty() {
    return found.isEmpty();
  }

  /**
   * The problems sorted by file, line and path. What is wrong once and read often, such as a
   * default that all parts of a type take, is one problem: that of its first reader.
   */
  public List<Problem> list() {
    LinkedHashMap<Problem, List<Problem>> alike = new LinkedHashMap<>();
    found.stream().distinct().sorted(ORDER)
        .forEach(each -> alike.computeIfAbsent(each.anywhere(), no -> new ArrayList<>()).add(each));
    return alike.values().stream().map(some -> some.get(0).alsoFor(some.size() - 1)).toList();
  }

  /**
   * Ends a load that found something.
   *
   * @throws ConfigProblems with all problems so far, if there is at least one
   */
  public void throwIfAny() {
    if (!isEmpty()) {
      throw new ConfigProblems(list());
    }
  }

  /** How many complaints were made so far, duplicates included: grows with each. */
  int count() {
    return found.size();
  }
}
