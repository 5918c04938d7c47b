package dev.shootdown.image;

import java.util.Optional;
import java.util.function.Function;

/** What holds the same from its making on. */
final class FixedForm extends Form {
  private final Function<Object, Object[]> parts;
  private final Optional<Function<Object[], Object>> make;

  private FixedForm(
      Function<Object, Object[]> parts, Optional<Function<Object[], Object>> make) {
    this.parts = parts;
    this.make = make;
  }

  /** A value of the JDK that holds others: an Optional, an unmodifiable list. */
  static FixedForm value(Function<Object, Object[]> parts, Function<Object[], Object> make) {
    return new FixedForm(parts, Optional.of(make));
  }

  /** What can only be there from the start: it is looked into, but never made. */
  static FixedForm built(Function<Object, Object[]> parts) {
    return new FixedForm(parts, Optional.empty());
  }

  /** As {@link #built}, and not even looked into. */
  static FixedForm closed() {
    return built(whole -> new Object[0]);
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
    return make.isPresent() ? make.get().apply(held) : super.make(type, held);
  }

  @Override
  void refuseNew(Object whole) {
    if (make.isEmpty()) {
      throw new Unimaged(
          "a " + whole.getClass().getName() + " that was not there when the machine was built");
    }
  }
}
