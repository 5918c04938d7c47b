package dev.shootdown.report;

import java.nio.file.Path;

/** A directory cannot be reported on: the message says what is wrong where. */
public final class UnreadableResult extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What is wrong with it. */
  public enum Kind {
    /** No results were ever written there. */
    NOT_RESULTS,
    /** A file is missing, or is not what was written. */
    DAMAGED,
    /** It was written in a form that this version does not read. */
    OTHER_SCHEMA
  }

  private final Kind kind;

  UnreadableResult(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  static UnreadableResult damaged(String file, int line, String message) {
    return new UnreadableResult(
        Kind.DAMAGED, file + (line > 0 ? ":" + line : "") + ": " + message);
  }

  static UnreadableResult missing(Path file) {
    return new UnreadableResult(
        Kind.DAMAGED,
        file + ": the file is missing; run the scenario again, with --force, to have all of them");
  }

  /** What is wrong. */
  public Kind kind() {
    return kind;
  }
}
