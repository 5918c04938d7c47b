package dev.shootdown.audit;

import dev.shootdown.report.Csv;
import dev.shootdown.report.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The matrix for programs: a row or an object for each cell. */
public final class MatrixTables {
  private static final int SCHEMA = 1;

  private MatrixTables() {}

  /** As CSV. */
  public static String csv(Matrix matrix) {
    StringBuilder text = new StringBuilder();
    List<Map<String, Object>> cells = trees(matrix);
    if (cells.isEmpty()) {
      return "";
    }
    try {
      Csv csv = new Csv(text, cells.get(0).keySet().toArray());
      for (Map<String, Object> cell : cells) {
        csv.row(cell.values().toArray());
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }

  /** As JSON, with witnesses. */
  public static String json(Matrix matrix) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("schema", SCHEMA);
    tree.put("audit", matrix.spec().hash8());
    tree.put("budget", matrix.spec().schedules().budget());
    Map<String, Object> absent = new LinkedHashMap<>();
    matrix.spec().consumers().forEach(
        each -> each.absent().ifPresent(reason -> absent.put(each.name(), reason)));
    tree.put("not_there", absent);
    List<Object> cells = new ArrayList<>();
    for (Matrix.Cell cell : matrix.cells()) {
      Map<String, Object> each = tree(cell);
      each.put(
          "witness", cell.result().shown().map(CellResult.Shown::witness).orElse(null));
      cells.add(each);
    }
    tree.put("cells", cells);
    return Json.text(tree);
  }

  private static List<Map<String, Object>> trees(Matrix matrix) {
    return matrix.cells().stream().map(MatrixTables::tree).toList();
  }

  private static Map<String, Object> tree(Matrix.Cell cell) {
    CellResult result = cell.result();
    Cost cost = result.cost();
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("cell", result.name().text());
    tree.put("site", cell.row().heading().site());
    tree.put("row", cell.row().name());
    tree.put("path", cell.row().path());
    tree.put("column", cell.column().name());
    tree.put("era", cell.column().era().name());
    tree.put("policy", cell.column().policy().name());
    tree.put("arch", CellLoader.arch(cell.column(), cell.consumer()));
    tree.put("consumer", cell.consumer().name());
    tree.put("state", cell.judged().text());
    tree.put("because", cell.because());
    tree.put("schedules", result.tried().schedules());
    tree.put("schedules_late", result.tried().late());
    tree.put("schedules_drawn", result.tried().drawn());
    tree.put("every_message_late", result.tried().everyMessage());
    tree.put("clean_without_flush", result.tried().cleanWithout());
    tree.put("verdict", result.shown().map(CellResult.Shown::verdict).orElse(""));
    tree.put("shown_by_schedule", result.shown().map(CellResult.Shown::schedule).orElse(0));
    tree.put("shown_how", result.shown().map(CellResult.Shown::how).orElse(""));
    tree.put("operations", cost.operations());
    tree.put("secondary_requests", cost.requests());
    tree.put("formula_requests", Matrix.formula(cell).map(Object::toString).orElse(""));
    tree.put("flushes", cost.flush().count());
    tree.put("flush_p50_ps", cost.flush().p50Ps());
    tree.put("flush_p99_ps", cost.flush().p99Ps());
    tree.put("requested_pages", cost.width().requestedPages());
    tree.put("flushed_pages", cost.width().flushedPages());
    tree.put("widened_to_all", cost.width().toAll());
    tree.put("under_table_locks_ps", cost.held().underTablesPs());
    tree.put("interrupts_off_ps", cost.held().interruptsOffPs());
    tree.put("stolen_ps", cost.held().stolenPs());
    return tree;
  }
}
