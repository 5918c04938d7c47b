package dev.shootdown.engine;

import java.util.Arrays;

/**
 * How far a node may go before it has heard more from others.
 *
 * <ol>
 *   <li>In every round a node tells its neighbours its own floor: the earliest time at which
 *       anything can still happen on it, by what it has queued and by what they have told it. A
 *       wire adds its latency to that, so the least of all floors with their wires is a time before
 *       which nothing can arrive any more (Chandy and Misra, "Distributed simulation: a case study
 *       in design and verification of distributed programs", IEEE TSE 5, 1979).
 *   <li>That alone would creep through an empty stretch, a latency a round. So the earliest time of
 *       all nodes goes round as well, from neighbour to neighbour: a wave, which begins with what
 *       each node knows itself and is over after as many rounds as the graph is wide. Nothing
 *       anywhere is earlier than what it brings, and nothing arrives earlier than a latency after.
 * </ol>
 *
 * <p>Where all nodes are neighbours a wave takes one round, and a round is what a window with one
 * barrier is. Plain numbers: no frames, no threads. Times are in ps.
 */
final class Horizon {
  private final NodeGraph graph;
  private final int node;
  private final long leastInPs;
  private final long[] heardPs;
  private final Wave wave = new Wave();
  private long horizonPs;
  private long floorPs;
  private long knownPs;
  private long failedPs = Long.MAX_VALUE;
  private boolean halted;
  private int round;

  /** What goes round: the earliest event, the earliest failure, and whether somebody has enough. */
  static final class Wave {
    long earliestPs;
    long failedPs;
    boolean halt;

    private void begin(long ownEarliestPs, long ownFailedPs, boolean ownHalt) {
      earliestPs = ownEarliestPs;
      failedPs = ownFailedPs;
      halt = ownHalt;
    }

    private void meet(long otherEarliestPs, long otherFailedPs, boolean otherHalt) {
      earliestPs = Math.min(earliestPs, otherEarliestPs);
      failedPs = Math.min(failedPs, otherFailedPs);
      halt |= otherHalt;
    }
  }

  /** Node {@code node} before anything has happened. */
  Horizon(NodeGraph graph, int node) {
    this.graph = graph;
    this.node = node;
    this.leastInPs = graph.leastToPs(node);
    this.heardPs = new long[graph.nodes()];
    Arrays.fill(heardPs, Long.MAX_VALUE);
    horizonPs = leastInPs;
  }

  /** Whether {@code peer} and this node swap frames in the round that is going on. */
  boolean isPeer(int peer) {
    boolean collects = (peer == 0 || node == 0) && isWaveEnding();
    return peer != node && (collects || graph.areNeighbours(node, peer));
  }

  /** Whether this round is the last of a wave: all nodes see it end in the same round. */
  boolean isWaveEnding() {
    return round % graph.rounds() == graph.rounds() - 1;
  }

  /**
   * Begins a round.
   *
   * @param queuedPs the earliest time that is queued on this node
   * @param sentPs the earliest time of what it sends to others in this round
   * @param failed when a part failed here, {@code Long.MAX_VALUE} if none did
   */
  void begin(long queuedPs, long sentPs, long failed, boolean halt) {
    floorPs = Math.min(queuedPs, horizonPs);
    if (round % graph.rounds() == 0) {
      wave.begin(Math.min(queuedPs, sentPs), failed, halt);
    }
  }

  /** What this node tells its neighbours of itself, in the round that is going on. */
  long floorPs() {
    return floorPs;
  }

  /** The wave as it is when the round begins; others' news are added while it goes on. */
  Wave wave() {
    return wave;
  }

  /** Before which time nothing can arrive from {@code peer} any more. */
  long heardPs(int peer) {
    return heardPs[peer];
  }

  /** What {@code peer} tells in the round that is going on. */
  void hear(int peer, long theirFloorPs, long earliestPs, long failed, boolean halt) {
    heardPs[peer] = later(theirFloorPs, graph.leastPs(peer, node));
    wave.meet(earliestPs, failed, halt);
  }

  /** Ends a round, of which all frames are there. */
  void end() {
    if (isWaveEnding()) {
      knownPs = wave.earliestPs;
      failedPs = wave.failedPs;
      halted |= wave.halt;
    }
    long least = Long.MAX_VALUE;
    for (long each : heardPs) {
      least = Math.min(least, each);
    }
    horizonPs = Math.max(horizonPs, Math.max(least, later(knownPs, leastInPs)));
    round++;
  }

  private static long later(long timePs, long latencyPs) {
    return timePs > Long.MAX_VALUE - latencyPs ? Long.MAX_VALUE : timePs + latencyPs;
  }

  /** Nothing can arrive from other nodes before this time. */
  long horizonPs() {
    return horizonPs;
  }

  /** No node has anything left before this time, by the last wave. */
  long knownPs() {
    return knownPs;
  }

  /**
   * Whether the last wave says that it is over: somebody wants to halt, or nothing is left before
   * {@code untilPs}, or before the earliest failure, which so is the same however nodes are joined.
   */
  boolean isOver(long untilPs) {
    return halted || knownPs >= Math.min(untilPs, failedPs);
  }
}
