package dev.shootdown.replay;

import java.util.List;

/** Takes what a {@link TraceReader} reads, in the order of the file. */
public interface TraceSink {
  /** An event. */
  void event(TraceEvent event);

  /**
   * The call chain of the event on {@code line}, innermost function first; only perf script has
   * them.
   */
  void stack(int line, List<String> functions);
}
