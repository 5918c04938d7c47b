package dev.shootdown.replay;

/**
 * A trace that cannot be read at all: the message is one line, {@code file:line: what is wrong;
 * what would be right}, without the line number where the whole file is meant.
 */
public final class TraceProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A problem of the whole file. */
  public TraceProblem(String file, String wrong, String right) {
    this(file, 0, wrong, right);
  }

  /**
   * A problem of one line.
   *
   * @param line counted from 1; 0 = the whole file
   */
  public TraceProblem(String file, long line, String wrong, String right) {
    super((line > 0 ? file + ":" + line : file) + ": " + wrong + "; " + right);
  }
}
