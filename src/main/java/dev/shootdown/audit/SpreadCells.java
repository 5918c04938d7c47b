package dev.shootdown.audit;

import dev.shootdown.config.ConfigProblems;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.scenario.Scenarios;
import dev.shootdown.scenario.Variant;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Judges cells for an audit that goes on elsewhere: nothing but the bytes is needed, no file and no
 * store. Safe to use from several threads.
 */
public final class SpreadCells implements AutoCloseable {
  private final SystemPool pool = new SystemPool();
  private final StopFlag stop = new StopFlag();

  /**
   * Does what {@link Audit#spread} asks for.
   *
   * @return the line that a store keeps of the cell; of one that was refused that it cannot be,
   *     which the files' owner has to explain
   * @throws IllegalStateException if this was closed meanwhile
   */
  public byte[] done(byte[] work) {
    PortableCell cell = PortableCell.of(work);
    Optional<CellResult> result = judged(cell);
    return CellText.line(
            result.orElseThrow(() -> new IllegalStateException(cell.name().text() + ": stopped")))
        .getBytes(StandardCharsets.UTF_8);
  }

  private Optional<CellResult> judged(PortableCell cell) {
    Variant variant;
    try {
      variant = Scenarios.variantOf(AuditLoader.PROFILE, cell.settings());
    } catch (ConfigProblems refused) {
      return Optional.of(CellResult.notApplicable(cell.name(), "refused"));
    }
    return new CellRun(pool, stop, variant, cell).run();
  }

  /** What {@link #done} gave for a cell; empty if it is damaged. */
  static Optional<CellResult> result(byte[] outcome) {
    return CellText.read(new String(outcome, StandardCharsets.UTF_8));
  }

  /** Ends what is under way. */
  @Override
  public void close() {
    stop.raise();
    pool.close();
  }
}
