package dev.shootdown.audit;

/** Sees how far an audit is; may be asked and told by several threads at a time. */
public interface AuditWatch {
  /** Of {@code total} cells {@code done} are there already. */
  void planned(int done, int total);

  /** A cell is there. */
  void ended(CellResult result);
}
