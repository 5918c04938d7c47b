package dev.shootdown.image;

/** Something that has no image, and who holds it. */
public final class Unimaged extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** {@code what} is a sentence without its end, such as "A.b holds a C, which ...". */
  public Unimaged(String what) {
    super(what);
  }
}
