package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Spreads a graph over partitions so that the cut is cheap and the partitions are even.
 *
 * <ol>
 *   <li>Vertices fill the partitions in their order, pinned ones first: neighbours in a scenario
 *       are often neighbours on the machine.
 *   <li>A large graph is also folded up, level by level, by joining each vertex with the neighbour
 *       it is tied to most (heavy-edge matching; Karypis and Kumar, "A Fast and High Quality
 *       Multilevel Scheme for Partitioning Irregular Graphs", SIAM J. Sci. Comput. 20, 1998),
 *       filled when small, and unfolded. The cheaper of the two is taken.
 *   <li>At each level the cut is refined by the best single moves, bad ones included, of which the
 *       best beginning is kept (Kernighan and Lin, 1970, in the form of Fiduccia and Mattheyses,
 *       1982); levels too large for that take only moves that pay at once.
 * </ol>
 *
 * <p>The outcome depends on the graph alone: ties go to the lower number.
 */
final class Partitioner {
  private static final int SMALL = 256;
  private static final int PASSES = 8;
  private static final int PATIENCE = 64;

  /** A partition may be a tenth above its share. */
  private static final double SLACK = 1.1;

  private final WiringGraph graph;
  private final int partitions;
  private final long capacity;
  private final long heaviest;

  private Partitioner(WiringGraph graph, int partitions) {
    this.graph = graph;
    this.partitions = partitions;
    long total = graph.totalWeight();
    this.heaviest = Arrays.stream(graph.weight).max().orElse(1);
    long share = (total + partitions - 1) / partitions;
    this.capacity = Math.max(heaviest, Math.max(share, (long) (SLACK * total / partitions)));
  }

  /** The partition of each vertex. */
  static int[] place(WiringGraph graph, int partitions) {
    Partitioner partitioner = new Partitioner(graph, partitions);
    int[] plain = partitioner.refined(partitioner.filled());
    if (graph.size() <= SMALL) {
      return plain;
    }
    int[] unfolded = partitioner.multilevel();
    return graph.cut(unfolded) < graph.cut(plain) ? unfolded : plain;
  }

  private int[] multilevel() {
    int[] joined = matched();
    int coarse = Arrays.stream(joined).max().orElse(-1) + 1;
    if (graph.size() <= SMALL || coarse > graph.size() * 9 / 10) {
      return refined(filled());
    }
    int[] above = new Partitioner(folded(joined, coarse), partitions).multilevel();
    int[] placed = new int[graph.size()];
    Arrays.setAll(placed, v -> above[joined[v]]);
    return refined(placed);
  }

  /** Fills the partitions one after the other with what is not pinned. */
  private int[] filled() {
    int[] placed = new int[graph.size()];
    long share = (graph.totalWeight() + partitions - 1) / partitions;
    int filling = 0;
    long load = 0;
    for (int v = 0; v < placed.length; v++) {
      if (graph.pin[v] >= 0) {
        placed[v] = graph.pin[v];
        continue;
      }
      placed[v] = filling;
      load += graph.weight[v];
      if (load >= share && filling < partitions - 1) {
        filling++;
        load = 0;
      }
    }
    return placed;
  }

  /** The number of the coarse vertex that each vertex becomes part of. */
  private int[] matched() {
    int[] joined = new int[graph.size()];
    Arrays.fill(joined, -1);
    long limit = Math.max(heaviest, graph.totalWeight() / (4L * partitions));
    int next = 0;
    for (int v = 0; v < joined.length; v++) {
      if (joined[v] >= 0) {
        continue;
      }
      int mate = -1;
      long most = 0;
      for (int i = graph.first[v]; i < graph.first[v + 1]; i++) {
        int other = graph.to[i];
        boolean free = joined[other] < 0 && graph.pin[v] == graph.pin[other];
        if (free && graph.cost[i] > most && graph.weight[v] + graph.weight[other] <= limit) {
          mate = other;
          most = graph.cost[i];
        }
      }
      joined[v] = next;
      if (mate >= 0) {
        joined[mate] = next;
      }
      next++;
    }
    return joined;
  }

  private WiringGraph folded(int[] joined, int coarse) {
    long[] weight = new long[coarse];
    int[] pin = new int[coarse];
    List<long[]> edges = new ArrayList<>();
    for (int v = 0; v < joined.length; v++) {
      weight[joined[v]] += graph.weight[v];
      pin[joined[v]] = graph.pin[v];
      for (int i = graph.first[v]; i < graph.first[v + 1]; i++) {
        if (v < graph.to[i]) {
          edges.add(new long[] {joined[v], joined[graph.to[i]], graph.cost[i]});
        }
      }
    }
    return new WiringGraph(weight, pin, edges);
  }

  private int[] refined(int[] placed) {
    if (partitions == 1) {
      return placed;
    }
    Moves moves = new Moves(placed);
    int passes = 0;
    boolean better = true;
    while (better && passes++ < PASSES) {
      better = graph.size() <= SMALL ? moves.pass() : moves.sweep();
    }
    return moves.placed;
  }

  /** A placement under way. */
  private final class Moves {
    private final int[] placed;
    private final long[] load = new long[partitions];
    private final int[] members = new int[partitions];

    /** Cost of the edges from vertex v to partition p, at v × partitions + p. */
    private final long[] ties;

    Moves(int[] placed) {
      this.placed = placed;
      this.ties = new long[graph.size() * partitions];
      for (int v = 0; v < placed.length; v++) {
        load[placed[v]] += graph.weight[v];
        members[placed[v]]++;
        for (int i = graph.first[v]; i < graph.first[v + 1]; i++) {
          ties[v * partitions + placed[graph.to[i]]] += graph.cost[i];
        }
      }
    }

    private long gain(int v, int p) {
      return ties[v * partitions + p] - ties[v * partitions + placed[v]];
    }

    private boolean fits(int v, int p, long limit) {
      return graph.pin[v] < 0 && p != placed[v] && members[placed[v]] > 1
          && load[p] + graph.weight[v] <= limit;
    }

    private void move(int v, int p) {
      int from = placed[v];
      load[from] -= graph.weight[v];
      load[p] += graph.weight[v];
      members[from]--;
      members[p]++;
      placed[v] = p;
      for (int i = graph.first[v]; i < graph.first[v + 1]; i++) {
        ties[graph.to[i] * partitions + from] -= graph.cost[i];
        ties[graph.to[i] * partitions + p] += graph.cost[i];
      }
    }

    /** Moves each vertex once where it pays; whether any moved. */
    boolean sweep() {
      boolean moved = false;
      for (int v = 0; v < placed.length; v++) {
        int best = -1;
        long most = 0;
        for (int p = 0; p < partitions; p++) {
          if (gain(v, p) > most && fits(v, p, capacity)) {
            best = p;
            most = gain(v, p);
          }
        }
        if (best >= 0) {
          move(v, best);
          moved = true;
        }
      }
      return moved;
    }

    /**
     * Makes the best moves one after the other, each vertex at most once and good or bad, then
     * takes back those behind the best moment; whether anything was won. On the way a partition may
     * be one vertex too full, or two equal halves could never swap.
     */
    boolean pass() {
      boolean[] locked = new boolean[placed.length];
      List<int[]> done = new ArrayList<>();
      long allowed = Math.max(capacity, Arrays.stream(load).max().orElse(0));
      long sum = 0;
      long best = 0;
      int keep = 0;
      while (done.size() < placed.length && done.size() - keep <= PATIENCE) {
        int[] next = bestMove(locked, allowed + heaviest);
        if (next == null) {
          break;
        }
        sum += gain(next[0], next[1]);
        locked[next[0]] = true;
        done.add(new int[] {next[0], placed[next[0]]});
        move(next[0], next[1]);
        if (sum > best && Arrays.stream(load).max().orElse(0) <= allowed) {
          best = sum;
          keep = done.size();
        }
      }
      for (int i = done.size() - 1; i >= keep; i--) {
        move(done.get(i)[0], done.get(i)[1]);
      }
      return keep > 0;
    }

    private int[] bestMove(boolean[] locked, long limit) {
      int[] best = null;
      long most = Long.MIN_VALUE;
      for (int v = 0; v < placed.length; v++) {
        for (int p = 0; p < partitions && !locked[v]; p++) {
          if (fits(v, p, limit) && gain(v, p) > most) {
            most = gain(v, p);
            best = new int[] {v, p};
          }
        }
      }
      return best;
    }
  }
}
