package dev.shootdown.cli;

import dev.shootdown.sweep.SweepSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code sweep} was asked for.
 *
 * @param commandLine the arguments as given
 */
record SweepRequest(
    SweepSource source, Mode mode, Selection selection, Store store, Talk talk,
    List<String> commandLine) {
  /** How far to go. */
  enum Mode {
    /** Name the points. */
    LIST,
    /** Say how many there are. */
    COUNT,
    /** Check everything and estimate the time. */
    DRY_RUN,
    /** Run. */
    RUN
  }

  /**
   * Which points are meant.
   *
   * @param only ids; all if empty
   * @param shard one part of several
   */
  record Selection(List<String> only, Optional<Shard> shard) {}

  /** Part {@code number} of {@code count}, counted from 1. */
  record Shard(int number, int count) {
    /**
     * Reads {@code i/n}.
     *
     * @throws CliProblem if it is no such part
     */
    static Shard of(String text) {
      if (text.matches("\\d{1,6}/\\d{1,6}")) {
        int slash = text.indexOf('/');
        int number = Integer.parseInt(text.substring(0, slash));
        int count = Integer.parseInt(text.substring(slash + 1));
        if (number >= 1 && number <= count) {
          return new Shard(number, count);
        }
      }
      throw CliProblem.usage("--shard is I/N with I from 1 to N, such as 2/4, not '" + text + "'");
    }
  }

  /**
   * What becomes of the results.
   *
   * @param parent the directory that the sweep's own goes into
   * @param resume go on with what is there
   * @param retryFailed run again what failed
   * @param takeIn directories of shards
   * @param jobs threads that run
   * @param runFiles which runs get a result directory of their own
   */
  record Store(
      Path parent, boolean resume, boolean retryFailed, List<Path> takeIn, int jobs,
      SweepRunFiles.Which runFiles) {}

  /** How to talk while running and after. */
  record Talk(SweepFormat format, Progress.Manner progress) {}
}
