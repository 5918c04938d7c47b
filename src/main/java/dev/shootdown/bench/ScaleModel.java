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
   * @param nodes ≥ 1; each sends a frame to every other one
   */
  public double windowSeconds(double events, int nodes) {
    double together = nodes == 1 ? 0 : roundSeconds + (nodes - 2) * frameSeconds;
    return events * eventSeconds / nodes + together;
  }

  /** How many times faster than one thread. */
  public double speedUp(double events, int nodes) {
    return windowSeconds(events, 1) / windowSeconds(events, nodes);
  }

  /** The number of nodes beyond which a window takes longer again. */
  public double mostNodes(double events) {
    return Math.sqrt(events * eventSeconds / frameSeconds);
  }
}
