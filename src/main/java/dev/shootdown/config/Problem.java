package dev.shootdown.config;

/**
 * One complaint: where, about which key, what is wrong and what would be right.
 *
 * @param origin {@code file:line}, {@code "command line"}, or a bare file name; may be empty
 * @param path the full dotted path of the key, {@code machine.parts[3].latency}; may be empty
 * @param message what is wrong and what would be right, without a final stop
 * @param kind whose gap it is
 */
public record Problem(String origin, String path, String message, Kind kind) {
  /** Whose gap a complaint is about: the program ends with another code for each. */
  public enum Kind {
    /** The text is wrong; its author can mend it. */
    WRONG,
    /** The text asks for something real that the model lacks. */
    NOT_MODELLED
  }

  /** A complaint about a text that is wrong. */
  public Problem(String origin, String path, String message) {
    this(origin, path, message, Kind.WRONG);
  }

  /** The same complaint, said to stand elsewhere. */
  public Problem at(String other) {
    return new Problem(other, path, message, kind);
  }

  /** The same without places in lists: what was found at several of them is equal then. */
  Problem anywhere() {
    return new Problem(origin, path.replaceAll("\\[[0-9]+]", "[]"), message, kind);
  }

  /** The same, said for so many others of its kind as well. */
  Problem alsoFor(int others) {
    return others == 0 ? this
        : new Problem(
            origin, path,
            message + " (the same for " + others + (others == 1 ? " other)" : " others)"), kind);
  }

  /** The complaint as it is printed: {@code scenarios/x.conf:12: machine.parts: message}. */
  public String line() {
    StringBuilder line = new StringBuilder();
    if (!origin.isEmpty()) {
      line.append(origin).append(": ");
    }
    if (!path.isEmpty()) {
      line.append(path).append(": ");
    }
    return line.append(message).toString();
  }

  /** The file's part of the origin, without the line. */
  String file() {
    int colon = lineColon();
    return colon < 0 ? origin : origin.substring(0, colon);
  }

  /** The line in the file, or 0 if the origin has none. */
  int lineNumber() {
    int colon = lineColon();
    return colon < 0 ? 0 : Integer.parseInt(origin.substring(colon + 1));
  }

  private int lineColon() {
    int colon = origin.lastIndexOf(':');
    boolean numbered = colon >= 0 && origin.substring(colon + 1).matches("[0-9]{1,9}");
    return numbered ? colon : -1;
  }
}
