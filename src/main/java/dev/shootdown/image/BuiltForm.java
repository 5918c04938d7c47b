package dev.shootdown.image;

import java.util.function.Function;

/** What can only be there from the start: it is looked into, but never made nor filled. */
final class BuiltForm extends Form {
  private final Function<Object, Object[]> parts;

  BuiltForm(Function<Object, Object[]> parts) {
    this.parts = parts;
  }

  /** Not even looked into. */
  static BuiltForm closed() {
    return new BuiltForm(whole -> new Object[0]);
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
  void refuseNew(Object whole) {
    throw new Unimaged(
        "a " + whole.getClass().getName() + " that was not there when the machine was built");
  }
}
