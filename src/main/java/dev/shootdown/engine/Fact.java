package dev.shootdown.engine;

/**
 * Something that happened in a component, as a plain value.
 *
 * <p>The engine only digests facts and hands them on in a fixed order; what they say is defined in
 * the rooms above.
 */
public interface Fact {
  /** A digest of the fact's content: equal for equal content, on every JDK. */
  long digest();
}
