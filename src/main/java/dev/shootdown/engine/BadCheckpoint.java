package dev.shootdown.engine;

/** A run that can't be kept, or a checkpoint that can't be gone on from. It ends the run. */
public final class BadCheckpoint extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** {@code what} is for a person. */
  public BadCheckpoint(String what) {
    super(what);
  }
}
