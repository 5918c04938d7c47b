package dev.shootdown.cli;

import dev.shootdown.audit.CellName;
import dev.shootdown.audit.Selection;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code audit} was asked for.
 *
 * @param source what is audited
 * @param selection which cells
 * @param mode what is told
 * @param budget schedules a cell; empty for what the configuration says
 */
record AuditRequest(
    Source source, Selection selection, Mode mode, Optional<Integer> budget, Store store,
    Talk talk) {
  /**
   * What is audited.
   *
   * @param file the user's own rows and columns
   * @param settings {@code path=value}
   */
  record Source(Optional<Path> file, List<String> settings) {}

  /**
   * What is told: the matrix, unless something else is asked for.
   *
   * @param explain one cell
   * @param diff two columns
   * @param expect what every cell must come to
   */
  record Mode(Optional<CellName> explain, List<String> diff, Optional<String> expect) {}

  /**
   * Where cells are kept.
   *
   * @param jobs threads
   */
  record Store(Path parent, boolean resume, int jobs) {}

  /** How to talk while running and after. */
  record Talk(AuditFormat format, Progress.Manner progress) {}
}
