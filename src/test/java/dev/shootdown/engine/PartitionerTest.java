package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionerTest {
  private static WiringGraph graph(int vertices, List<long[]> edges) {
    long[] weight = new long[vertices];
    int[] pin = new int[vertices];
    Arrays.fill(weight, 1);
    Arrays.fill(pin, -1);
    return new WiringGraph(weight, pin, edges);
  }

  /** Clusters whose members are declared in turns, tied by single thin edges in a ring. */
  private static WiringGraph clusters(int clusters, int members) {
    List<long[]> edges = new ArrayList<>();
    for (int c = 0; c < clusters; c++) {
      for (int i = 0; i < members; i++) {
        for (int far : new int[] {1, 2, 5}) {
          int other = (i + far) % members;
          edges.add(new long[] {i * clusters + c, other * clusters + c, 100});
        }
      }
      edges.add(new long[] {c, (c + 1) % clusters, 1});
    }
    return graph(clusters * members, edges);
  }

  @Test
  void shouldFindTheTwoHalvesWhenTheyAreDeclaredInTurns() {
    WiringGraph graph = clusters(2, 10);
    int[] placed = Partitioner.place(graph, 2);

    assertThat(graph.cut(placed)).isEqualTo(2);
  }

  @Test
  void shouldFindNearlyAllClustersWhenTheGraphIsLarge() {
    WiringGraph graph = clusters(4, 500);
    int[] placed = Partitioner.place(graph, 4);

    assertThat(graph.cut(placed)).isLessThan(graph.cost.length / 2 * 100L / 20);
  }

  @Test
  void shouldStayWithinATenthOfTheShareWhenGraphsAreRandom() {
    for (int seed = 0; seed < 30; seed++) {
      Dice dice = Dice.of(seed, "graphs");
      int vertices = 20 + dice.below(500);
      List<long[]> edges = new ArrayList<>();
      for (int i = 0; i < vertices * 3; i++) {
        edges.add(
            new long[] {dice.below(vertices), dice.below(vertices), 1 + dice.below(1_000)});
      }
      WiringGraph graph = graph(vertices, edges);
      int partitions = 2 + dice.below(4);
      int[] placed = Partitioner.place(graph, partitions);
      int[] plain = new int[vertices];
      int share = (vertices + partitions - 1) / partitions;
      Arrays.setAll(plain, v -> v / share);

      int[] loads = new int[partitions];
      Arrays.stream(placed).forEach(p -> loads[p]++);
      assertThat(graph.cut(placed)).as("seed %d", seed).isLessThanOrEqualTo(graph.cut(plain));
      assertThat(Arrays.stream(loads).max().orElseThrow()).as("seed %d", seed)
          .isLessThanOrEqualTo(Math.max(share, vertices * 11 / 10 / partitions));
      assertThat(Partitioner.place(graph, partitions)).isEqualTo(placed);
    }
  }

  @Test
  void shouldLeavePinnedVerticesWhenMovingThemWouldPay() {
    WiringGraph graph = clusters(2, 10);
    graph.pin[0] = 1;
    graph.pin[1] = 1;
    int[] placed = Partitioner.place(graph, 2);

    assertThat(placed[0]).isEqualTo(1);
    assertThat(placed[1]).isEqualTo(1);
  }

  @Test
  void shouldAddUpWiresWhenTheyHaveEqualEnds() {
    WiringGraph graph =
        graph(3, List.of(new long[] {0, 1, 5}, new long[] {1, 0, 7}, new long[] {2, 2, 9}));

    assertThat(graph.cut(new int[] {0, 1, 1})).isEqualTo(12);
    assertThat(graph.cost).hasSize(2);
  }

  @Test
  void shouldCostLessWhenAWireIsLongerOrHasManySiblings() {
    assertThat(WiringGraph.cost(1_000, 1)).isEqualTo(2 * WiringGraph.cost(2_000, 1));
    assertThat(WiringGraph.cost(1_000, 1)).isGreaterThan(9 * WiringGraph.cost(1_000, 10));
    assertThat(WiringGraph.cost(Long.MAX_VALUE, 1_000_000)).isEqualTo(1);
  }
}
