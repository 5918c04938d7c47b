package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that swap frames with their neighbours only. */
class NeighboursTest {
  private static final RunOptions OPTIONS = Lab.epochs(7_000);

  private static List<long[]> line(int nodes, long latencyPs) {
    List<long[]> roads = new ArrayList<>();
    for (int i = 1; i < nodes; i++) {
      roads.add(new long[] {i - 1, i, latencyPs});
      roads.add(new long[] {i, i - 1, latencyPs + 300 * i});
    }
    return roads;
  }

  private static void shouldBeTheSame(
      int nodes, int workers, InMemory network, Supplier<Blueprint> blueprint) {
    RunOutcome alone = Lab.run(blueprint.get(), OPTIONS);
    List<Lab.Seen> seenAlone = Lab.observed(blueprint.get(), OPTIONS);
    OnNodes.Outcome shared = OnNodes.run(network, nodes, blueprint, OPTIONS.withWorkers(workers));

    assertThat(shared.run().failure()).isEmpty();
    assertThat(shared.run().complete()).isTrue();
    assertThat(shared.run().fingerprint()).isEqualTo(alone.fingerprint());
    assertThat(shared.run().events()).isEqualTo(alone.events());
    assertThat(shared.seen()).isEqualTo(seenAlone).hasSizeGreaterThan(200);
  }

  @ParameterizedTest
  @CsvSource({"3, 1", "4, 1", "3, 2"})
  void shouldComeToTheSameWhenNodesAreInALine(int nodes, int workers) {
    InMemory network = new InMemory(nodes);
    shouldBeTheSame(
        nodes, workers, network,
        () -> Gossip.places(nodes, line(nodes, Gossip.HOP_PS), 40, workers));

    for (int a = 1; a < nodes; a++) {
      for (int b = 1; b < nodes; b++) {
        if (Math.abs(a - b) > 1) {
          assertThat(network.frames(a, b)).as("%d to %d", a, b).isZero();
        }
      }
    }
    assertThat(network.frames(0, nodes - 1)).isLessThan(network.frames(0, 1) * 2 / 3);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void shouldComeToTheSameWhenNodesAreJoinedAtRandom(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int nodes = 2 + random.nextInt(4);
    List<long[]> roads = new ArrayList<>();
    for (int a = 0; a < nodes; a++) {
      for (int b = 0; b < nodes; b++) {
        if (a != b && random.nextInt(3) == 0) {
          roads.add(new long[] {a, b, 200 + random.nextInt(3_000)});
        }
      }
    }
    int workers = 1 + random.nextInt(2);
    shouldBeTheSame(
        nodes, workers, new InMemory(nodes), () -> Gossip.places(nodes, roads, 30, workers));
  }

  private static Blueprint rare(int nodes, int times) {
    Blueprint.Builder builder = Blueprint.builder();
    for (int i = 0; i < nodes; i++) {
      builder.component(
          "n" + i,
          Lab.part(
              ctx -> ctx.after(1_000_000_000, new Gossip.Word(0, times)),
              (ctx, message) -> {
                Gossip.Word word = (Gossip.Word) message;
                ctx.mark(new Lab.Note(word + ""));
                if (word.tag() == 0 && word.hops() > 0) {
                  ctx.after(1_000_000_000, word.further());
                }
              }),
          i);
    }
    for (int i = 1; i < nodes; i++) {
      Lab.wire(builder, "n" + (i - 1), "up", "n" + i, 50);
      Lab.wire(builder, "n" + i, "down", "n" + (i - 1), 50);
    }
    return builder.build();
  }

  @Test
  void shouldSkipAnEmptyStretchWhenNotAllAreNeighbours() {
    OnNodes.Outcome shared = OnNodes.run(new InMemory(4), 4, () -> rare(4, 20), OPTIONS);

    assertThat(shared.run().complete()).isTrue();
    assertThat(shared.run().events()).isEqualTo(4 * 21);
    assertThat(shared.run().windows().count()).isLessThan(21 * 3 * 3);
  }

  /** The last of a line fails early in time, the first one, which is far ahead by then, later. */
  @Test
  void shouldTellTheEarliestFailureWhenANodeIsAheadWithItsOwn() {
    Supplier<Blueprint> failing =
        () -> {
          Blueprint.Builder builder = Blueprint.builder();
          for (int i = 0; i < 4; i++) {
            long whenPs = 4_000 - 1_000 * i;
            builder.component(
                "n" + i,
                Lab.part(
                    ctx -> ctx.after(whenPs, new Gossip.Word(0, 0)),
                    (ctx, message) -> {
                      throw new IllegalStateException("at " + whenPs);
                    }),
                i);
          }
          for (int i = 1; i < 4; i++) {
            Lab.wire(builder, "n" + (i - 1), "up", "n" + i, 5_000);
            Lab.wire(builder, "n" + i, "down", "n" + (i - 1), 5_000);
          }
          return builder.build();
        };
    OnNodes.Outcome shared = OnNodes.run(new InMemory(4), 4, failing, OPTIONS);

    assertThat(shared.run().failure()).isPresent();
    assertThat(shared.run().failure().get().component()).isEqualTo("n3");
    assertThat(shared.run().failure().get().what()).contains("at 1000");
  }

  @Test
  void shouldStopEverywhereWhenANodeOfALineIsLost() {
    OnNodes.Outcome shared =
        OnNodes.run(
            new InMemory(4).losing(3, 9), 4,
            () -> Gossip.places(4, line(4, Gossip.HOP_PS), 40, 1), OPTIONS);

    assertThat(shared.run().complete()).isFalse();
    assertThat(shared.seen()).isNotEmpty();
  }
}
