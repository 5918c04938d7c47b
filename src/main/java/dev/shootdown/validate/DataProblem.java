package dev.shootdown.validate;

/** Measurements, or what they are to be compared with, cannot be used; the message says where. */
public final class DataProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DataProblem(String message) {
    super(message);
  }
}
