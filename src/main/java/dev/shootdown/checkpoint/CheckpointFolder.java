package dev.shootdown.checkpoint;

import dev.shootdown.engine.BadCheckpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The checkpoints of one run, {@code at-<virtual time in ps>.ckpt}. */
public final class CheckpointFolder {
  /** What such a folder is called, within a result directory. */
  public static final String NAME = "checkpoint";

  private static final int KEPT = 2;
  private static final Pattern FILE = Pattern.compile("at-(\\d{1,18})\\.ckpt");

  private final Path folder;

  /** The checkpoints in {@code folder}, which need not be there yet. */
  public CheckpointFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * What {@code named} means: a checkpoint itself, or the newest one in a folder of them or in a
   * result directory.
   *
   * @param shown its name for a person
   * @throws BadCheckpoint if there is none
   */
  public static Path find(Path named, String shown) {
    if (Files.isRegularFile(named)) {
      return named;
    }
    Optional<Path> newest =
        Stream.of(named.resolve(NAME), named)
            .map(folder -> new CheckpointFolder(folder).newest())
            .flatMap(Optional::stream)
            .findFirst();
    return newest.orElseThrow(() -> new BadCheckpoint(shown + ": there is no checkpoint in it"));
  }

  /**
   * The last one; empty if there is none.
   *
   * @throws UncheckedIOException if that can't be read
   */
  public Optional<Path> newest() {
    TreeMap<Long, Path> files = files();
    return files.isEmpty() ? Optional.empty() : Optional.of(files.lastEntry().getValue());
  }

  /**
   * Makes ready for a run that goes on from {@code fromPs}: what lies later is another run's.
   *
   * @throws UncheckedIOException if the disk refuses
   */
  public void begin(long fromPs) {
    try {
      Files.createDirectories(folder);
      for (Path later : List.copyOf(files().tailMap(fromPs, false).values())) {
        Files.delete(later);
      }
    } catch (IOException refused) {
      throw unwritable(refused);
    }
  }

  /**
   * Adds a checkpoint, and forgets all but the last two.
   *
   * @throws UncheckedIOException if the disk refuses
   */
  public void add(CheckpointFile checkpoint) {
    try {
      checkpoint.write(folder.resolve("at-" + checkpoint.snapshot().atPs() + ".ckpt"));
      TreeMap<Long, Path> files = files();
      while (files.size() > KEPT) {
        Files.delete(files.pollFirstEntry().getValue());
      }
    } catch (IOException refused) {
      throw unwritable(refused);
    }
  }

  private UncheckedIOException unwritable(IOException refused) {
    return new UncheckedIOException(
        "checkpoints cannot be written to " + folder + " (" + refused + ")", refused);
  }

  private TreeMap<Long, Path> files() {
    TreeMap<Long, Path> files = new TreeMap<>();
    if (!Files.isDirectory(folder)) {
      return files;
    }
    try (Stream<Path> all = Files.list(folder)) {
      all.forEach(
          file -> {
            Matcher name = FILE.matcher(file.getFileName().toString());
            if (name.matches()) {
              files.put(Long.parseLong(name.group(1)), file);
            }
          });
      return files;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(folder + ": cannot be read: " + unreadable, unreadable);
    }
  }
}
