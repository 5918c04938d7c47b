package dev.shootdown.engine;

import java.util.Arrays;

/**
 * Which nodes say anything to which others, and how long it takes at least: what the cut wires
 * leave of the wiring.
 *
 * <p>Two nodes are neighbours if a wire between them is cut, in either direction. Nodes that no
 * wire joins to node 0, not even over others, become its neighbours, since all have to hear of
 * each other in the end.
 */
final class NodeGraph {
  /** A window is no longer than so many of the shortest cut latency: what it sends is bounded. */
  private static final long MOST_LATENCIES = 64;

  private final long[][] leastPs;
  private final boolean[][] joined;
  private final long innerPs;
  private final int rounds;

  /**
   * A graph.
   *
   * @param leastPs minimum latency in ps from one node to another, {@code Long.MAX_VALUE} for none
   * @param innerPs the least latency of a wire that is cut within a node
   */
  NodeGraph(long[][] leastPs, long innerPs) {
    this.leastPs = leastPs;
    this.innerPs = innerPs;
    int nodes = leastPs.length;
    joined = new boolean[nodes][nodes];
    for (int a = 0; a < nodes; a++) {
      for (int b = 0; b < nodes; b++) {
        joined[a][b] =
            a != b && Math.min(leastPs[a][b], leastPs[b][a]) < Long.MAX_VALUE;
      }
    }
    int[] far = distances(0);
    for (int node = 1; node < nodes; node++) {
      if (far[node] < 0) {
        joined[0][node] = true;
        joined[node][0] = true;
        far = distances(0);
      }
    }
    rounds = Math.max(1, diameter());
  }

  private int[] distances(int from) {
    int nodes = joined.length;
    int[] far = new int[nodes];
    Arrays.fill(far, -1);
    far[from] = 0;
    int[] queue = new int[nodes];
    queue[0] = from;
    for (int head = 0, tail = 1; head < tail; head++) {
      for (int next = 0; next < nodes; next++) {
        if (joined[queue[head]][next] && far[next] < 0) {
          far[next] = far[queue[head]] + 1;
          queue[tail++] = next;
        }
      }
    }
    return far;
  }

  private int diameter() {
    int most = 0;
    for (int node = 0; node < joined.length; node++) {
      most = Math.max(most, Arrays.stream(distances(node)).max().orElse(0));
    }
    return most;
  }

  int nodes() {
    return joined.length;
  }

  /** Whether the two swap frames in every window. */
  boolean areNeighbours(int a, int b) {
    return joined[a][b];
  }

  /** How many neighbours {@code node} has. */
  int neighbours(int node) {
    int count = 0;
    for (boolean neighbour : joined[node]) {
      count += neighbour ? 1 : 0;
    }
    return count;
  }

  /** The least latency from one node to another in ps, {@code Long.MAX_VALUE} if no wire leads. */
  long leastPs(int from, int to) {
    return leastPs[from][to];
  }

  /** The least latency of any wire to {@code node} from another one, in ps. */
  long leastToPs(int node) {
    long least = Long.MAX_VALUE;
    for (int from = 0; from < joined.length; from++) {
      if (from != node) {
        least = Math.min(least, leastPs[from][node]);
      }
    }
    return least;
  }

  /** The least latency between two partitions of one node, in ps. */
  long innerPs() {
    return innerPs;
  }

  /** No window is longer than this, in ps, however far the next neighbour is. */
  long mostPs() {
    long least = innerPs;
    for (int node = 0; node < joined.length; node++) {
      least = Math.min(least, leastToPs(node));
    }
    return least > Long.MAX_VALUE / MOST_LATENCIES ? Long.MAX_VALUE : least * MOST_LATENCIES;
  }

  /** Windows until what one node says has come to all others, from neighbour to neighbour; ≥ 1. */
  int rounds() {
    return rounds;
  }
}
