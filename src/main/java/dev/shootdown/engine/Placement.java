package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which component runs in which partition.
 *
 * <p>Components joined by a wire without a minimum latency are kept together, since a cut there
 * leaves no lookahead; pins are obeyed; the groups are spread by the {@link Partitioner}.
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
    int[] vertexOf = new int[n];
    int vertices = 0;
    for (int i = 0; i < n; i++) {
      // A group's root is its lowest member, so it is numbered before the others.
      vertexOf[i] = find(group, i) == i ? vertices++ : vertexOf[find(group, i)];
    }
    long[] weight = new long[vertices];
    int[] pin = new int[vertices];
    Arrays.fill(pin, -1);
    for (int i = 0; i < n; i++) {
      int vertex = vertexOf[i];
      weight[vertex]++;
      int wanted = blueprint.components().get(i).pinnedTo();
      if (wanted < 0) {
        continue;
      }
      wanted = wanted % partitions;
      if (pin[vertex] >= 0 && pin[vertex] != wanted) {
        throw new ImpossibleCut(blueprint.components().get(i).name());
      }
      pin[vertex] = wanted;
    }
    List<long[]> costs = new ArrayList<>();
    if (partitions > 1) {
      for (long[] cost : blueprint.costs()) {
        costs.add(new long[] {vertexOf[(int) cost[0]], vertexOf[(int) cost[1]], cost[2]});
      }
    }
    int[] byVertex = Partitioner.place(new WiringGraph(weight, pin, costs), partitions);
    int[] placed = new int[n];
    Arrays.setAll(placed, i -> byVertex[vertexOf[i]]);
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

  /** Whether all components are in one partition. */
  boolean isWhole() {
    return Arrays.stream(partitionOf).distinct().count() <= 1;
  }

  /** Which of {@code nodes} nodes, of {@code workers} partitions each, have to hear of which. */
  NodeGraph nodes(Blueprint blueprint, int workers, int nodes) {
    long[][] leastPs = new long[nodes][nodes];
    long sharedPs = blueprint.sharedMinimumPs();
    for (long[] row : leastPs) {
      Arrays.fill(row, sharedPs);
    }
    long innerPs = workers == 1 ? Long.MAX_VALUE : sharedPs;
    for (Blueprint.Edge edge : blueprint.edges()) {
      int from = partitionOf[edge.from()] / workers;
      int to = partitionOf[edge.to()] / workers;
      if (from != to) {
        leastPs[from][to] = Math.min(leastPs[from][to], edge.minimumPs());
      } else if (partitionOf[edge.from()] != partitionOf[edge.to()]) {
        innerPs = Math.min(innerPs, edge.minimumPs());
      }
    }
    return new NodeGraph(leastPs, innerPs);
  }

  /** For a person: who is where, and what is cut. */
  PlacementReport report(Blueprint blueprint, int workers, int nodes) {
    int partitions = workers * nodes;
    List<List<String>> members = new ArrayList<>();
    for (int i = 0; i < partitions; i++) {
      members.add(new ArrayList<>());
    }
    for (Blueprint.Component<?> component : blueprint.components()) {
      members.get(partitionOf[component.index()]).add(component.name());
    }
    List<PlacementReport.Cut> cuts = new ArrayList<>();
    blueprint.forEachOwnWire(
        (wire, port) -> {
          if (partitionOf[wire.from()] != partitionOf[wire.to()]) {
            cuts.add(
                new PlacementReport.Cut(
                    blueprint.components().get(wire.from()).name(), port,
                    blueprint.components().get(wire.to()).name(), wire.minimumPs()));
          }
        });
    return new PlacementReport(
        members, cuts, lookaheadPs, meetings(nodes(blueprint, workers, nodes)));
  }

  private static PlacementReport.Meetings meetings(NodeGraph graph) {
    List<List<Integer>> neighbours = new ArrayList<>();
    for (int node = 0; node < graph.nodes() && graph.nodes() > 1; node++) {
      int of = node;
      neighbours.add(
          IntStream.range(0, graph.nodes())
              .filter(other -> graph.areNeighbours(of, other)).boxed().toList());
    }
    return new PlacementReport.Meetings(neighbours, graph.rounds());
  }

  /** Pins that tear apart what a wire of zero minimum latency joins. */
  public static final class ImpossibleCut extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String component;

    private ImpossibleCut(String component, String message) {
      super(message);
      this.component = component;
    }

    /** What can't be shared, because all of it hangs together. */
    static ImpossibleCut whole(String component) {
      return new ImpossibleCut(
          component,
          "wires of zero minimum latency join all parts, '" + component + "' among them, which"
              + " leaves no lookahead between nodes; run it on one node, or give wires a latency");
    }

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
