package dev.shootdown.engine;

import java.util.Optional;

/** When the state of a run is kept, what becomes of it, and what the run goes on from. */
public interface Checkpoints {
  /** Virtual time between checkpoints in ps, ≥ 1; {@code Long.MAX_VALUE} for none. */
  long everyPs();

  /** What the run goes on from; empty if it begins at the beginning. */
  Optional<Snapshot> from();

  /** {@code snapshot} was taken. The run waits until this returns. */
  void keep(Snapshot snapshot);

  /** There is no checkpoint at {@code atPs}; the run goes on. {@code why} names who holds what. */
  void refused(long atPs, String why);
}
