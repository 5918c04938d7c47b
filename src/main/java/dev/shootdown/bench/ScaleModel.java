package dev.shootdown.bench;

/**
 * How long a window takes on many nodes, by what an event and a frame cost. Partitions are even,
 * and bandwidth is not what is short; docs/scale.md says what follows from it.
 *
 * @param eventSeconds an event on one thread
 * @param roundSeconds what two nodes take for a frame there and a frame back
 * @param frameSeconds what each node more takes a node: to send, receive and decode a frame
 */
public record ScaleModel(double eventSeconds, double roundSeconds, double frameSeconds) {
  /** Assumed: nobody has measured it with as many nodes as would tell it from a round. */
  public static final double ASSUMED_FRAME_SECONDS = 30e-6;

  /**
   * Seconds of wall time.
   *
   * @param events of all nodes together in the window
   * @param nodes ≥ 1
   * @param neighbours of each node, to which it sends a frame; fewer than {@code nodes}
   */
  public double windowSeconds(double events, int nodes, int neighbours) {
    double together = nodes == 1 ? 0 : roundSeconds + (neighbours - 1) * frameSeconds;
    return events * eventSeconds / nodes + together;
  }

  /** How many times faster than one thread. */
  public double speedUp(double events, int nodes, int neighbours) {
    return events * eventSeconds / windowSeconds(events, nodes, neighbours);
  }

  /**
   * The number of nodes beyond which a window takes longer again, if all of them are neighbours.
   */
  public double mostNodes(double events) {
    return Math.sqrt(events * eventSeconds / frameSeconds);
  }
}
