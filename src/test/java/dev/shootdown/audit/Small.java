package dev.shootdown.audit;

import dev.shootdown.engine.StopFlag;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Audits of a few cells, for tests. */
final class Small {
  static final Path HERE = Path.of("").toAbsolutePath();

  private Small() {}

  /** Keeps results in memory. */
  static final class Memory implements Audit.Keeper {
    final TreeMap<String, CellResult> results = new TreeMap<>();

    @Override
    public TreeMap<String, CellResult> kept() {
      return new TreeMap<>(results);
    }

    @Override
    public void keep(CellResult result) {
      results.put(result.name().text(), result);
    }
  }

  /** Sees nothing. */
  static final class NoWatch implements AuditWatch {
    @Override
    public void planned(int done, int total) {
      // nobody waits
    }

    @Override
    public void ended(CellResult result) {
      // nobody waits
    }
  }

  static AuditSpec shipped() {
    return AuditLoader.load(Optional.empty(), Optional.empty(), List.of(), HERE);
  }

  static AuditSpec of(Path file, String... overrides) {
    return AuditLoader.load(
        Optional.of(file), Optional.empty(), List.of(overrides), file.getParent());
  }

  static Selection sites(List<String> sites, List<String> consumers, List<String> columns) {
    return new Selection(sites, List.of(), consumers, List.of(), List.of(), columns);
  }

  static Matrix audited(AuditSpec spec, Selection selection, int jobs) {
    Memory memory = new Memory();
    audit(spec, selection).run(memory, new NoWatch(), jobs);
    return new Matrix(spec, selection.of(spec), memory.kept());
  }

  static Audit audit(AuditSpec spec, Selection selection) {
    return new Audit(
        spec, selection.of(spec), HERE, new StopFlag(), "./shootdown audit --explain");
  }

  static Matrix.Cell cell(Matrix matrix, String name) {
    return matrix.cells().stream()
        .filter(each -> each.result().name().text().equals(name))
        .findFirst().orElseThrow();
  }
}
