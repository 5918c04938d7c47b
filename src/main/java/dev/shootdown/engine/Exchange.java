package dev.shootdown.engine;

/**
 * How the nodes of one run reach each other. The engine says what crosses, round by round; this
 * carries it, in whatever pieces and over whatever it likes.
 *
 * <p>Two nodes that swap do so in step: neither sees the other's next frame before having sent its
 * own of this one. That bounds what is under way to two frames per pair.
 */
public interface Exchange {
  /** Which node this is, 0 to {@link #nodes} − 1. Node 0 sees all facts and makes the outcome. */
  int node();

  /** How many nodes there are, ≥ 1. */
  int nodes();

  /**
   * Sends {@code frames[i]} to node i and waits for a frame from it. Where it is null, nothing is
   * sent nor awaited: the other node has null there in the same round.
   *
   * @param round counted from 0
   * @return by node, what it sent in this round; null where nothing was awaited
   * @throws LostNode if one of them is gone or too slow
   */
  byte[][] swap(long round, byte[][] frames);
}
