package dev.shootdown.engine;

import java.util.Arrays;
import java.util.List;

/**
 * What placement works on: vertices that must stay whole, and what it costs to cut between them.
 *
 * <p>Cutting a wire costs its traffic over its minimum latency: much traffic makes large frames, a
 * short wire makes short windows. Nobody knows the traffic before the run, so it is taken from the
 * wiring: a component has the same to say on each of its ports, and shares what it says to a family
 * evenly among its members.
 */
final class WiringGraph {
  /** The cost of a wire of one picosecond that is alone on its port. */
  private static final double FULL_COST = 0x1p50;

  /** Parts in each vertex. */
  final long[] weight;

  /** Partition that a vertex is pinned to, or −1. */
  final int[] pin;

  /** First neighbour of vertex v in {@link #to}; v + 1 has the end. */
  final int[] first;

  final int[] to;
  final long[] cost;

  /** {@code edges} hold two vertices and a cost each; equal ends are added up. */
  WiringGraph(long[] weight, int[] pin, List<long[]> edges) {
    this.weight = weight;
    this.pin = pin;
    long[][] both = new long[edges.size() * 2][];
    int count = 0;
    for (long[] edge : edges) {
      if (edge[0] != edge[1]) {
        both[count++] = edge;
        both[count++] = new long[] {edge[1], edge[0], edge[2]};
      }
    }
    Arrays.sort(
        both, 0, count,
        (a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]));
    first = new int[weight.length + 1];
    int[] ends = new int[count];
    long[] costs = new long[count];
    int used = 0;
    int vertex = 0;
    for (int i = 0; i < count; i++) {
      boolean repeated = i > 0 && both[i][0] == both[i - 1][0] && both[i][1] == both[i - 1][1];
      if (repeated) {
        costs[used - 1] += both[i][2];
        continue;
      }
      while (vertex < both[i][0]) {
        first[++vertex] = used;
      }
      ends[used] = (int) both[i][1];
      costs[used++] = both[i][2];
    }
    while (vertex < weight.length) {
      first[++vertex] = used;
    }
    to = Arrays.copyOf(ends, used);
    cost = Arrays.copyOf(costs, used);
  }

  /** The cost of one wire of a port that has {@code members} of them. */
  static long cost(long minimumPs, int members) {
    return Math.max(1, (long) (FULL_COST / ((double) minimumPs * members)));
  }

  int size() {
    return weight.length;
  }

  long totalWeight() {
    return Arrays.stream(weight).sum();
  }

  /** What the cut of {@code placed} costs. */
  long cut(int[] placed) {
    long sum = 0;
    for (int v = 0; v < size(); v++) {
      for (int i = first[v]; i < first[v + 1]; i++) {
        if (v < to[i] && placed[v] != placed[to[i]]) {
          sum += cost[i];
        }
      }
    }
    return sum;
  }
}
