package dev.shootdown.engine;

/**
 * How the nodes of one run reach each other. The engine says what crosses, round by round; this
 * carries it, in whatever pieces and over whatever it likes.
 *
 * <p>All nodes swap in step: nobody sees a frame of round r + 1 before having sent its own of round
 * r. That bounds what is under way to two frames per pair.
 */
public interface Exchange {
  /** Which node this is, 0 to {@link #nodes} − 1. Node 0 sees all facts and makes the outcome. */
  int node();

  /** How many nodes there are, ≥ 1. */
  int nodes();

  /**
   * Sends {@code frames[i]} to node i and waits for a frame from each; the own place is left out.
   *
   * @param round counted from 0
   * @return by node, what it sent in this round; null in the own place
   * @throws LostNode if one of them is gone or too slow
   */
  byte[][] swap(long round, byte[][] frames);
}
