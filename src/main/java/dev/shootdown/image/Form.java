package dev.shootdown.image;

/** How objects of one kind come apart and are put together again. */
abstract class Form {
  /** When what can be filled is filled: containers that compare their elements come last. */
  enum Turn {
    /** Fields and arrays. */
    FIRST,
    /** Lists. */
    SECOND,
    /** Whatever has keys or an order. */
    LAST
  }

  /**
   * What {@code whole} holds, primitives boxed, in an order that depends on content alone.
   *
   * @throws Unimaged if it has no such order
   */
  abstract Object[] parts(Object whole);

  /** What part {@code index} of {@code whole} is called, for a person. */
  String label(Object whole, int index) {
    return whole.getClass().getSimpleName();
  }

  /** Whether it holds the same from its making on: then it is never filled. */
  boolean isFixed() {
    return false;
  }

  /** When it is filled. */
  Turn turn() {
    return Turn.FIRST;
  }

  /**
   * A new object without content; only if not {@link #isFixed}.
   *
   * @param parts how many parts it will have
   */
  Object shell(Class<?> type, int parts) {
    throw new Unimaged(type.getName() + " can't be made anew");
  }

  /** A new object; only if {@link #isFixed}. */
  Object make(Class<?> type, Object[] parts) {
    throw new Unimaged(type.getName() + " can't be made anew");
  }

  /** Lets {@code whole} hold {@code parts} instead of what it holds. */
  void fill(Object whole, Object[] parts, boolean asBuilt) {
    throw new Unimaged(whole.getClass().getName() + " can't be changed");
  }

  /** Refuses an object that was not there when all was built, if it can't be made anew. */
  void refuseNew(Object whole) {}
}
