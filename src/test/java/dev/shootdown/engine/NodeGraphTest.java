package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NodeGraphTest {
  private static final long NONE = Long.MAX_VALUE;

  private static NodeGraph graph(int nodes, long[]... wires) {
    long[][] leastPs = new long[nodes][nodes];
    for (long[] row : leastPs) {
      Arrays.fill(row, NONE);
    }
    for (long[] wire : wires) {
      leastPs[(int) wire[0]][(int) wire[1]] = wire[2];
    }
    return new NodeGraph(leastPs, NONE);
  }

  @Test
  void shouldTakeARoundWhenAllAreNeighbours() {
    NodeGraph graph =
        graph(3, new long[] {0, 1, 5}, new long[] {2, 1, 6}, new long[] {2, 0, 7});

    assertThat(graph.rounds()).isEqualTo(1);
    assertThat(graph.neighbours(0)).isEqualTo(2);
  }

  @Test
  void shouldCountTheRoundsFromEndToEndWhenNodesAreInALine() {
    NodeGraph graph =
        graph(
            4, new long[] {0, 1, 5}, new long[] {1, 2, 6}, new long[] {3, 2, 7});

    assertThat(graph.rounds()).isEqualTo(3);
    assertThat(graph.neighbours(0)).isEqualTo(1);
    assertThat(graph.neighbours(2)).isEqualTo(2);
    assertThat(graph.areNeighbours(2, 3)).isTrue();
    assertThat(graph.areNeighbours(3, 2)).isTrue();
    assertThat(graph.areNeighbours(0, 3)).isFalse();
    assertThat(graph.leastPs(3, 2)).isEqualTo(7);
    assertThat(graph.leastPs(2, 3)).isEqualTo(NONE);
  }

  @Test
  void shouldJoinIslandsToTheFirstNodeWhenNoWireLeadsThere() {
    NodeGraph graph = graph(5, new long[] {0, 1, 5}, new long[] {3, 4, 6});

    assertThat(graph.areNeighbours(0, 2)).isTrue();
    assertThat(graph.areNeighbours(0, 3)).isTrue();
    assertThat(graph.areNeighbours(0, 4)).isFalse();
    assertThat(graph.rounds()).isEqualTo(3);
    assertThat(graph.leastToPs(2)).isEqualTo(NONE);
    assertThat(graph.leastToPs(4)).isEqualTo(6);
  }

  @Test
  void shouldBoundWindowsByTheShortestWireWhenANodeHearsOfNobody() {
    NodeGraph graph = graph(2, new long[] {0, 1, 5});

    assertThat(graph.leastToPs(0)).isEqualTo(NONE);
    assertThat(graph.mostPs()).isEqualTo(64 * 5);
  }
}
