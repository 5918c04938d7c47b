package dev.shootdown.cli;

import dev.shootdown.checkpoint.CheckpointFile;
import dev.shootdown.checkpoint.CheckpointFolder;
import dev.shootdown.checkpoint.Origin;
import dev.shootdown.config.Scale;
import dev.shootdown.engine.BadCheckpoint;
import dev.shootdown.engine.Checkpoints;
import dev.shootdown.engine.Snapshot;
import dev.shootdown.report.TraceForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Keeps one run in files. While it runs they lie in {@code <id>.partial/checkpoint}, so that they
 * are there if it is killed; {@link #moveInto} takes them along to the results.
 */
final class RunCheckpoints implements Checkpoints {
  /** What a shell takes as one word. */
  private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

  private final Origin origin;
  private final Optional<Snapshot> from;
  private final Path partial;
  private final Path files;
  private final CheckpointFolder folder;
  private final Consumer<String> talk;

  /** Set by the thread that runs partition 0. */
  private volatile boolean diskRefused;

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
   * @throws UncheckedIOException if the disk refuses
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

  /**
   * {@inheritDoc}
   *
   * @throws BadCheckpoint if the disk refuses; {@link #isDiskProblem} then
   */
  @Override
  public void keep(Snapshot snapshot) {
    try {
      folder.add(new CheckpointFile(origin, snapshot));
    } catch (UncheckedIOException refused) {
      diskRefused = true;
      throw new BadCheckpoint(refused.getMessage());
    }
  }

  /** Whether the disk was what ended the run: neither its configuration nor a part. */
  boolean isDiskProblem() {
    return diskRefused;
  }

  @Override
  public void refused(long atPs, String why) {
    talk.accept("no checkpoint at " + Scale.TIME.show(atPs) + ": " + why);
  }

  /**
   * How to go on from what is kept in {@code directory}, if there is anything.
   *
   * @param traces what the run was asked to write: who observes a run is part of what is kept
   */
  Optional<String> hint(Terminal terminal, Path directory, Set<TraceForm> traces) {
    StringBuilder command = new StringBuilder("shootdown: to go on: ./shootdown run");
    traces.forEach(form -> command.append(" --trace ").append(form));
    command.append(" --resume ").append(quoted(terminal.shown(directory)));
    try {
      return new CheckpointFolder(directory.resolve(CheckpointFolder.NAME)).newest().map(
          file -> command.toString());
    } catch (UncheckedIOException gone) {
      return Optional.empty();
    }
  }

  private static String quoted(String path) {
    return PLAIN.matcher(path).matches() ? path : "'" + path.replace("'", "'\\''") + "'";
  }

  /** The directory of unfinished results. */
  Path partial() {
    return partial;
  }

  /** Moves the files aside while the directory of unfinished results is written anew. */
  Path aside() {
    Path aside = partial.resolveSibling(partial.getFileName() + "-" + CheckpointFolder.NAME);
    return Files.isDirectory(files) ? move(files, aside) : aside;
  }

  /** Undoes {@link #aside}: no results came to be, and the files are all there is. */
  void putBack(Path now) {
    if (!now.equals(files) && Files.isDirectory(now)) {
      try {
        Files.createDirectories(partial);
      } catch (IOException refused) {
        throw unmovable(now, refused);
      }
      move(now, files);
    }
  }

  /** Takes the files along from {@code now} into the results in {@code directory}. */
  void moveInto(Path now, Path directory) {
    try {
      if (!Files.isDirectory(now)) {
        return; // somebody has removed it meanwhile; the results are there
      }
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
      throw unmovable(now, refused);
    }
  }

  private static UncheckedIOException unmovable(Path source, IOException refused) {
    return new UncheckedIOException(
        "checkpoints cannot be moved out of " + source + " (" + refused + ")", refused);
  }

  Path files() {
    return files;
  }

  private static Path move(Path source, Path target) {
    try {
      return Files.move(
          source, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException refused) {
      throw unmovable(source, refused);
    }
  }
}
