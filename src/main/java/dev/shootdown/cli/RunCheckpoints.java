package dev.shootdown.cli;

import dev.shootdown.checkpoint.CheckpointFile;
import dev.shootdown.checkpoint.CheckpointFolder;
import dev.shootdown.checkpoint.Origin;
import dev.shootdown.config.Scale;
import dev.shootdown.engine.Checkpoints;
import dev.shootdown.engine.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Keeps one run in files. While it runs they lie in {@code <id>.partial/checkpoint}, so that they
 * are there if it is killed; {@link #moveInto} takes them along to the results.
 */
final class RunCheckpoints implements Checkpoints {
  private final Origin origin;
  private final Optional<Snapshot> from;
  private final Path partial;
  private final Path files;
  private final CheckpointFolder folder;
  private final Consumer<String> talk;

  /**
   * The checkpoints of the run that {@code origin} says.
   *
   * @param from what it goes on from
   * @param partial the directory of its unfinished results
   */
  RunCheckpoints(
      Origin origin, Optional<Snapshot> from, Path partial, Consumer<String> talk) {
    this.origin = origin;
    this.from = from;
    this.partial = partial;
    this.files = partial.resolve(CheckpointFolder.NAME);
    this.folder = new CheckpointFolder(files);
    this.talk = talk;
  }

  /**
   * Makes room, before the run.
   *
   * @throws dev.shootdown.engine.BadCheckpoint if the disk refuses
   */
  void begin() {
    folder.begin(from.map(Snapshot::atPs).orElse(0L));
  }

  @Override
  public long everyPs() {
    return origin.everyPs();
  }

  @Override
  public Optional<Snapshot> from() {
    return from;
  }

  @Override
  public void keep(Snapshot snapshot) {
    folder.add(new CheckpointFile(origin, snapshot));
  }

  @Override
  public void refused(long atPs, String why) {
    talk.accept("no checkpoint at " + Scale.TIME.show(atPs) + ": " + why);
  }

  /** How to go on, if there is anything to go on from. */
  Optional<String> hint(Terminal terminal, Path directory) {
    return new CheckpointFolder(directory.resolve(CheckpointFolder.NAME)).newest().map(
        file -> "shootdown: to go on: ./shootdown run --resume " + terminal.shown(directory));
  }

  /** Moves the files aside while the directory of unfinished results is written anew. */
  Path aside() {
    Path aside = partial.resolveSibling(partial.getFileName() + "-" + CheckpointFolder.NAME);
    return move(files, aside);
  }

  /** Takes the files along from {@code now} into the results in {@code directory}. */
  void moveInto(Path now, Path directory) {
    try {
      if (new CheckpointFolder(now).newest().isEmpty()) {
        Files.deleteIfExists(now); // the run was over before the first one was due
      } else {
        move(now, directory.resolve(CheckpointFolder.NAME));
      }
      if (directory.equals(partial)) {
        return;
      }
      Files.deleteIfExists(partial);
    } catch (DirectoryNotEmptyException results) {
      // those of a run that was interrupted: they stay
      return;
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
  }

  Path files() {
    return files;
  }

  private static Path move(Path source, Path target) {
    try {
      return Files.move(
          source, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
  }
}
