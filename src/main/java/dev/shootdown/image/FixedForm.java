package dev.shootdown.image;

import java.util.function.Function;

/** A value of the JDK that holds others: an Optional, an unmodifiable list. */
final class FixedForm extends Form {
  private final Function<Object, Object[]> parts;
  private final Function<Object[], Object> make;

  FixedForm(Function<Object, Object[]> parts, Function<Object[], Object> make) {
    this.parts = parts;
    this.make = make;
  }

  @Override
  Object[] parts(Object whole) {
    return parts.apply(whole);
  }

  @Override
  boolean isFixed() {
    return true;
  }

  @Override
  Object make(Class<?> type, Object[] held) {
    return make.apply(held);
  }
}
