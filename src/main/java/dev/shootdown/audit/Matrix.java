package dev.shootdown.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Results beside each other: what one cell alone doesn't say is said here. */
public final class Matrix {
  private final AuditSpec spec;
  private final Selection.Chosen chosen;
  private final Map<String, CellResult> results;

  /** The cells of {@code chosen} among {@code results}; those that are missing are left out. */
  public Matrix(AuditSpec spec, Selection.Chosen chosen, Map<String, CellResult> results) {
    this.spec = spec;
    this.chosen = chosen;
    this.results = new TreeMap<>(results);
  }

  /** What a cell comes to beside the others. */
  public enum Judged {
    /** Nothing was found. */
    SAFE("safe", "●"),
    /** Nothing was found, nor without the flush. */
    REDUNDANT("redundant", "○"),
    /** A violation. */
    UNSAFE("unsafe", "✕"),
    /** A request is never served. */
    LIVELOCK("livelock", "↻"),
    /** No answer. */
    INCONCLUSIVE("inconclusive", "?"),
    /** No such thing. */
    NOT_APPLICABLE("n/a", "–");

    private final String text;
    private final String mark;

    Judged(String text, String mark) {
      this.text = text;
      this.mark = mark;
    }

    /** As it is written. */
    public String text() {
      return text;
    }

    /** Its shape. */
    public String mark() {
      return mark;
    }
  }

  /** A cell with what it is made of. */
  public record Cell(
      Row row, Column column, Consumer consumer, CellResult result, Judged judged,
      String because) {}

  public AuditSpec spec() {
    return spec;
  }

  public Selection.Chosen chosen() {
    return chosen;
  }

  /** The cell, if it is there. */
  public Optional<Cell> cell(Row row, Column column, Consumer consumer) {
    CellName name = new CellName(row.name(), column.name(), consumer.name());
    CellResult result = results.get(name.text());
    if (result == null) {
      return Optional.empty();
    }
    int without = result.tried().cleanWithout();
    if (without > 0) {
      return Optional.of(
          new Cell(
              row, column, consumer, result, Judged.REDUNDANT,
              "without its flush it is as clean in " + without + " schedules"));
    }
    Judged judged = Judged.valueOf(result.state().name());
    return Optional.of(new Cell(row, column, consumer, result, judged, result.why()));
  }

  /** All cells that are there: by consumer, then row, then column. */
  public List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (Consumer consumer : chosen.consumers()) {
      for (Row row : chosen.rows()) {
        for (Column column : chosen.columns()) {
          cell(row, column, consumer).ifPresent(cells::add);
        }
      }
    }
    return cells;
  }

  /** How many cells came to what. */
  public Map<Judged, Integer> counts() {
    Map<Judged, Integer> counts = new TreeMap<>();
    cells().forEach(cell -> counts.merge(cell.judged(), 1, Integer::sum));
    return counts;
  }

  /** Schedules that were run for all of them. */
  public long schedules() {
    return cells().stream().mapToLong(cell -> cell.result().tried().schedules()).sum();
  }

  /** What the formulae say about a cell's requests per operation. */
  static Optional<Integer> formula(Cell cell) {
    return cell.column().isShipped()
        ? cell.row().requests(
            cell.column().era().name(), CellLoader.arch(cell.column(), cell.consumer()))
        : Optional.empty();
  }
}
