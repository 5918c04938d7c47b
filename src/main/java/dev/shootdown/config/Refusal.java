package dev.shootdown.config;

/** A text was refused; the message says why and what would be right. Becomes a {@link Problem}. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  Refusal(String message) {
    super(message, null, false, false);
  }
}
