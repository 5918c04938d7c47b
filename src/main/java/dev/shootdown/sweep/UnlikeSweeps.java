package dev.shootdown.sweep;

/** Two sweeps have nothing in common that could be compared; the message says why. */
public final class UnlikeSweeps extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnlikeSweeps(String message) {
    super(message);
  }
}
