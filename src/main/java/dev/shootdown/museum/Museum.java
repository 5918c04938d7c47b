package dev.shootdown.museum;

import dev.shootdown.config.Nearest;
import dev.shootdown.config.Problems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The exhibits of a directory, in the order of their numbers. */
public final class Museum {
  private static final Comparator<Exhibit> BY_NUMBER =
      Comparator.<Exhibit>comparingInt(
              exhibit -> Integer.parseInt(exhibit.number().replaceAll("[a-z]", "")))
          .thenComparing(Exhibit::number)
          .thenComparing(Exhibit::name);

  private final List<Exhibit> exhibits;

  private Museum(List<Exhibit> exhibits) {
    this.exhibits = exhibits;
  }

  /**
   * Reads what is there. Scenarios without a number in their block {@code museum} are passed over.
   *
   * @throws dev.shootdown.config.ConfigProblems with every problem of every file
   * @throws UncheckedIOException if the directory can't be read
   */
  public static Museum open(Path directory, Exhibit.Hall hall) {
    List<Path> files;
    try (Stream<Path> entries = Files.list(directory)) {
      files =
          entries
              .filter(file -> file.getFileName().toString().endsWith(".conf"))
              .filter(Files::isRegularFile)
              .sorted()
              .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(
          directory + " cannot be read: " + unreadable.getMessage(), unreadable);
    }
    return of(files, hall);
  }

  /**
   * Reads these files.
   *
   * @throws dev.shootdown.config.ConfigProblems with every problem of every file
   */
  public static Museum of(List<Path> files, Exhibit.Hall hall) {
    Problems all = new Problems(hall.relativeTo());
    List<Exhibit> exhibits = new ArrayList<>();
    for (Path file : files) {
      Problems problems = new Problems(hall.relativeTo());
      Exhibit.read(hall, file, problems).ifPresent(exhibits::add);
      problems.list().forEach(all::add);
    }
    all.throwIfAny();
    exhibits.sort(BY_NUMBER);
    return new Museum(List.copyOf(exhibits));
  }

  /** All exhibits. */
  public List<Exhibit> exhibits() {
    return exhibits;
  }

  /**
   * The exhibits that {@code item} names: one by its name, all with its number, or all whose number
   * begins with it ({@code 3} is 3a and 3b).
   *
   * @throws IllegalArgumentException if there is none, saying what there is
   */
  public List<Exhibit> find(String item) {
    List<Exhibit> found =
        exhibits.stream()
            .filter(e -> e.name().equals(item) || e.number().replaceAll("[a-z]", "").equals(item)
                || e.number().equals(item))
            .toList();
    if (found.isEmpty()) {
      List<String> names = new ArrayList<>();
      exhibits.forEach(exhibit -> names.add(exhibit.name()));
      Optional<String> near = Nearest.to(item, names);
      throw new IllegalArgumentException(
          "there is no exhibit '" + item + "'; there are "
              + String.join(", ", exhibits.stream().map(Exhibit::number).distinct().toList())
              + near.map(name -> "; did you mean '" + name + "'?").orElse(""));
    }
    return found;
  }
}
