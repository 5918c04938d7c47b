package dev.shootdown.report;

/** Results cannot be written: the message says where, why, and what would help. */
public final class ResultProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** One line for a person. */
  public ResultProblem(String message) {
    super(message);
  }

  /** One line for a person, and what lies behind it. */
  public ResultProblem(String message, Throwable cause) {
    super(message, cause);
  }
}
