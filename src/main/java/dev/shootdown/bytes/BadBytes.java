package dev.shootdown.bytes;

/** Bytes that no value could have given: cut off, too deep, out of range, or simply not ours. */
public final class BadBytes extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what was found, and at which byte of the input, counted from 0. */
  public BadBytes(String what, int atByte) {
    super(what + ", at byte " + atByte);
  }

  BadBytes(String what, int atByte, Throwable cause) {
    super(what + ", at byte " + atByte, cause);
  }
}
