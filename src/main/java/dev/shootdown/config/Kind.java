package dev.shootdown.config;

/**
 * One way of writing a single value.
 *
 * @param expected what to write, for messages: {@code a time such as 120ns}
 * @param harmless the legal value a reader goes on with when the text was refused
 * @param reading turns text into the value
 */
record Kind<T>(String expected, T harmless, Reading<T> reading) {

  /** Turns text into a value. */
  interface Reading<T> {
    T read(String text) throws Refusal;
  }

  T read(String text) throws Refusal {
    return reading.read(text);
  }
}
