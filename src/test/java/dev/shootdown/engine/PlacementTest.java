package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static Blueprint.Builder parts(String... names) {
    Blueprint.Builder builder = Blueprint.builder();
    for (String name : names) {
      builder.component(name, Lab.starter(ctx -> {}));
    }
    return builder;
  }

  private static List<Integer> partitions(Blueprint blueprint, Placement placement) {
    List<Integer> partitions = new ArrayList<>();
    blueprint.components().forEach(part -> partitions.add(placement.partitionOf(part.index())));
    return partitions;
  }

  @Test
  void shouldNeverCutAWireWithoutLatencyWhenMachinesAreRandom() {
    for (int seed = 0; seed < 200; seed++) {
      Dice dice = Dice.of(seed, "placement");
      int n = 2 + dice.below(20);
      String[] names = new String[n];
      for (int i = 0; i < n; i++) {
        names[i] = "p" + i;
      }
      Blueprint.Builder builder = parts(names);
      for (int wire = 0; wire < n; wire++) {
        long latencyPs = dice.below(2) == 0 ? 0 : 1 + dice.below(1_000);
        String from = names[dice.below(n)];
        Lab.wire(builder, from, "w" + wire, names[dice.below(n)], latencyPs);
      }
      Blueprint blueprint = builder.build();
      Placement placement = Placement.of(blueprint, 1 + dice.below(4));

      long leastCutPs = Long.MAX_VALUE;
      int cuts = 0;
      for (Blueprint.Edge edge : blueprint.edges()) {
        if (placement.partitionOf(edge.from()) != placement.partitionOf(edge.to())) {
          assertThat(edge.minimumPs()).as("seed %d, %s", seed, edge).isPositive();
          leastCutPs = Math.min(leastCutPs, edge.minimumPs());
          cuts++;
        }
      }
      assertThat(placement.lookaheadPs()).as("seed %d", seed).isEqualTo(leastCutPs);
      assertThat(placement.cutWires()).as("seed %d", seed).isEqualTo(cuts);
    }
  }

  @Test
  void shouldSpreadNeighboursEvenlyWhenNothingHoldsThemTogether() {
    Blueprint blueprint = parts("a", "b", "c", "d", "e", "f").build();

    assertThat(partitions(blueprint, Placement.of(blueprint, 2))).containsExactly(0, 0, 0, 1, 1, 1);
    assertThat(partitions(blueprint, Placement.of(blueprint, 3))).containsExactly(0, 0, 1, 1, 2, 2);
  }

  @Test
  void shouldKeepAChainTogetherWhenItsWiresHaveNoLatency() {
    Blueprint.Builder builder = parts("a", "b", "c", "d");
    Lab.wire(builder, "d", "x", "a", 0);
    Lab.wire(builder, "b", "x", "d", 0);
    Lab.wire(builder, "c", "x", "a", 40);
    Blueprint blueprint = builder.build();
    Placement placement = Placement.of(blueprint, 2);

    assertThat(partitions(blueprint, placement)).containsExactly(0, 0, 1, 0);
    assertThat(placement.lookaheadPs()).isEqualTo(40);
    assertThat(placement.cutWires()).isEqualTo(1);
  }

  @Test
  void shouldHaveNoLimitOnWindowsWhenNothingIsCut() {
    Blueprint.Builder builder = parts("a", "b");
    Lab.wire(builder, "a", "x", "b", 0);
    Placement placement = Placement.of(builder.build(), 1);

    assertThat(placement.lookaheadPs()).isEqualTo(Long.MAX_VALUE);
    assertThat(placement.cutWires()).isZero();
  }

  @Test
  void shouldObeyPinsWhenTheyCanBeObeyed() {
    Blueprint.Builder builder =
        Blueprint.builder()
            .component("a", Lab.starter(ctx -> {}), 1)
            .component("b", Lab.starter(ctx -> {}), 0)
            .component("c", Lab.starter(ctx -> {}))
            .component("d", Lab.starter(ctx -> {}));
    Lab.wire(builder, "c", "x", "a", 0);
    Blueprint blueprint = builder.build();
    Placement placement = Placement.of(blueprint, 2);

    assertThat(partitions(blueprint, placement).subList(0, 3)).containsExactly(1, 0, 1);
  }

  @Test
  void shouldNameThePartWhenPinsCutAWireWithoutLatency() {
    Blueprint.Builder builder =
        Blueprint.builder()
            .component("left", Lab.starter(ctx -> {}), 0)
            .component("middle", Lab.starter(ctx -> {}))
            .component("right", Lab.starter(ctx -> {}), 1);
    Lab.wire(builder, "left", "x", "middle", 0);
    Lab.wire(builder, "middle", "x", "right", 0);
    Blueprint blueprint = builder.build();

    assertThatExceptionOfType(Placement.ImpossibleCut.class)
        .isThrownBy(() -> Lab.run(blueprint, RunOptions.plain().withWorkers(2)))
        .withMessageContaining("right")
        .satisfies(cut -> assertThat(cut.component()).isEqualTo("right"));
    assertThat(Lab.run(blueprint).failure()).isEmpty();
  }

  @Test
  void shouldNotRunAheadOfASharedWireWhenEverybodyUsesIt() {
    Blueprint.Builder builder = parts("a", "b");
    List<Inlet<Object>> inlets = List.of(Lab.inlet(builder, "a"), Lab.inlet(builder, "b"));
    builder.connectAll(List.of("a", "b"), "crowd", inlets, new Lab.Fixed(70));
    Lab.wire(builder, "a", "x", "b", 90);

    assertThat(Placement.of(builder.build(), 2).lookaheadPs()).isEqualTo(70);
  }

  /** With no latency at all on the shared wire, nobody can be ahead of anybody. */
  @Test
  void shouldKeepEverybodyTogetherOrRefuseWhenASharedWireHasNoLatency() {
    Blueprint.Builder builder = parts("a", "b");
    List<Inlet<Object>> inlets = List.of(Lab.inlet(builder, "a"), Lab.inlet(builder, "b"));
    builder.connectAll(List.of("a", "b"), "crowd", inlets, new Lab.Fixed(0));
    Placement placement = Placement.of(builder.build(), 2);

    assertThat(placement.partitionOf(0)).isEqualTo(placement.partitionOf(1));
    assertThat(placement.lookaheadPs()).isPositive();
  }
}
