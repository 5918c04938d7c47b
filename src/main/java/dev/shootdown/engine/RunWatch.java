package dev.shootdown.engine;

/** Is told how runs are spread and how they advance; it must change nothing. */
public interface RunWatch {
  /** A clock for waiting times, in ns. The engine has none of its own. */
  long nanoTime();

  /** Before time starts. */
  void placed(PlacementReport report);

  /** After the run. */
  void ended(WindowReport report);
}
