package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which component runs in which partition.
 *
 * <p>Components joined by a wire without a minimum latency are kept together, since a cut there
 * leaves no lookahead; pins are obeyed; the groups then fill the partitions in declaration order,
 * so that neighbours in the scenario stay neighbours here.
 */
public final class Placement {
  private final int[] partitionOf;
  private final long lookaheadPs;
  private final int cutWires;

  private Placement(int[] partitionOf, long lookaheadPs, int cutWires) {
    this.partitionOf = partitionOf;
    this.lookaheadPs = lookaheadPs;
    this.cutWires = cutWires;
  }

  /**
   * Places {@code blueprint} on {@code partitions} partitions.
   *
   * @throws ImpossibleCut if pins force apart what a wire of zero latency joins
   */
  public static Placement of(Blueprint blueprint, int partitions) {
    int n = blueprint.components().size();
    int[] group = new int[n];
    Arrays.setAll(group, i -> i);
    List<Blueprint.Edge> edges = partitions == 1 ? List.of() : blueprint.edges();
    for (Blueprint.Edge edge : edges) {
      if (edge.minimumPs() == 0) {
        union(group, edge.from(), edge.to());
      }
    }
    if (partitions > 1) {
      for (Blueprint.Edge edge : blueprint.sharedWithoutLatency()) {
        union(group, edge.from(), edge.to());
      }
    }
    int[] placed = fill(blueprint, group, partitions);
    long lookaheadPs = partitions == 1 ? Long.MAX_VALUE : blueprint.sharedMinimumPs();
    int cuts = 0;
    for (Blueprint.Edge edge : edges) {
      if (placed[edge.from()] != placed[edge.to()]) {
        lookaheadPs = Math.min(lookaheadPs, edge.minimumPs());
        cuts++;
      }
    }
    return new Placement(placed, lookaheadPs, cuts);
  }

  private static int[] fill(Blueprint blueprint, int[] group, int partitions) {
    int n = group.length;
    int[] pin = new int[n];
    Arrays.fill(pin, -1);
    int[] members = new int[n];
    for (int i = 0; i < n; i++) {
      int root = find(group, i);
      members[root]++;
      int wanted = blueprint.components().get(i).pinnedTo();
      if (wanted < 0) {
        continue;
      }
      wanted = wanted % partitions;
      if (pin[root] >= 0 && pin[root] != wanted) {
        throw new ImpossibleCut(blueprint.components().get(i).name());
      }
      pin[root] = wanted;
    }
    int[] placed = new int[n];
    Arrays.fill(placed, -1);
    int share = (n + partitions - 1) / partitions;
    int filling = 0;
    int load = 0;
    for (int i = 0; i < n; i++) {
      int root = find(group, i);
      if (placed[root] < 0) {
        placed[root] = pin[root] >= 0 ? pin[root] : filling;
        load += pin[root] >= 0 ? 0 : members[root];
        if (load >= share && filling < partitions - 1) {
          filling++;
          load = 0;
        }
      }
      placed[i] = placed[root];
    }
    return placed;
  }

  private static int find(int[] group, int member) {
    int root = member;
    while (group[root] != root) {
      root = group[root];
    }
    group[member] = root;
    return root;
  }

  private static void union(int[] group, int a, int b) {
    int rootA = find(group, a);
    int rootB = find(group, b);
    group[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
  }

  int partitionOf(int component) {
    return partitionOf[component];
  }

  /** The length of a window in ps: the smallest minimum latency of a wire that is cut. */
  public long lookaheadPs() {
    return lookaheadPs;
  }

  /** How many wires cross partitions, not counting families that everybody shares. */
  public int cutWires() {
    return cutWires;
  }

  /** Pins that tear apart what a wire of zero minimum latency joins. */
  public static final class ImpossibleCut extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String component;

    ImpossibleCut(String component) {
      super(
          "the pin of '" + component + "' cuts a wire of zero minimum latency, which leaves no"
              + " lookahead; pin both ends to the same partition or give the wire a latency");
      this.component = component;
    }

    /** The component whose pin cannot be obeyed. */
    public String component() {
      return component;
    }
  }
}
