package dev.shootdown.report;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Puts a run's files into {@code <parent>/<id>}: written under a temporary name beside it and
 * renamed when complete, so that whoever finds the directory finds all of it.
 */
public final class ResultDirectory {
  private ResultDirectory() {}

  /** Where the results of {@code id} are or would be. */
  public static Path of(Path parent, String id) {
    return parent.resolve(id);
  }

  /**
   * Refuses before any work is done: if results of {@code id} are there already and {@code force}
   * is not given, or if {@code parent} cannot be written to. Creates {@code parent}.
   *
   * @throws ResultProblem saying which
   */
  public static void prepare(Path parent, String id, boolean force) {
    try {
      Files.createDirectories(parent);
      Files.delete(Files.createTempFile(parent, id, ".partial-tmp"));
    } catch (IOException e) {
      throw problem(parent, e);
    }
    refuseIfPresent(of(parent, id), force);
  }

  /**
   * Writes the results of a run that went to its end.
   *
   * @param force replace results that are there already
   * @return the directory
   * @throws ResultProblem if they are there already, or cannot be written
   */
  public static Path write(Path parent, RunRecord record, boolean force) {
    Path target = of(parent, record.identity().id());
    refuseIfPresent(target, force);
    return place(parent, target, record);
  }

  /**
   * Writes what there is of an interrupted run into {@code <parent>/<id>.partial}, which never
   * collides: an older one is replaced.
   *
   * @return the directory
   * @throws ResultProblem if it cannot be written
   */
  public static Path writePartial(Path parent, RunRecord record) {
    return place(parent, of(parent, record.identity().id() + ".partial"), record);
  }

  private static void refuseIfPresent(Path target, boolean force) {
    if (!force && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new ResultProblem(
          target + " is there already; --force replaces it, --out writes elsewhere");
    }
  }

  private static Path place(Path parent, Path target, RunRecord record) {
    Path draft = null;
    try {
      Files.createDirectories(parent);
      draft = newDirectory(parent, target.getFileName() + ".partial-tmp");
      ResultFiles.write(draft, record);
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        replace(parent, target, draft);
      } else {
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      }
      return target;
    } catch (IOException e) {
      throw problem(parent, e);
    } finally {
      deleteIfThere(draft);
    }
  }

  /** Keeps the old results until the new ones are in place. */
  private static void replace(Path parent, Path target, Path draft) throws IOException {
    Path aside = newDirectory(parent, target.getFileName() + ".partial-old");
    Path old = aside.resolve("replaced");
    Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    try {
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
      throw e;
    } finally {
      deleteIfThere(aside);
    }
  }

  /** Not the JDK's temporary directory, which nobody but its owner may read. */
  private static Path newDirectory(Path parent, String name) throws IOException {
    for (int i = 0; ; i++) {
      try {
        return Files.createDirectory(parent.resolve(name + i));
      } catch (FileAlreadyExistsException e) {
        // left by a run that was killed, or another one's at this moment: take the next number
        continue;
      }
    }
  }

  private static ResultProblem problem(Path parent, IOException e) {
    String reason = e.getMessage();
    if (e instanceof FileSystemException named) {
      String what =
          named.getReason() == null ? named.getClass().getSimpleName() : named.getReason();
      reason = named.getFile() + ": " + what;
    }
    return new ResultProblem(
        "results cannot be written to " + parent + " (" + reason + "); --out writes elsewhere", e);
  }

  /** What cannot be deleted stays under its temporary name, where it harms nobody. */
  private static void deleteIfThere(Path root) {
    if (root == null || !Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> tree = Files.walk(root)) {
      deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      root.toFile().deleteOnExit();
    }
  }
}
