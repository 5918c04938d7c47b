package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistributionTest {
  private static final RunOptions OPTIONS = Lab.epochs(7_000);

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 1", "2, 2"})
  void shouldComeToTheSameWhenNodesShareARun(int nodes, int workers) {
    RunOutcome alone = Lab.run(Gossip.blueprint(5, 60), OPTIONS);
    List<Lab.Seen> seenAlone = Lab.observed(Gossip.blueprint(5, 60), OPTIONS);
    OnNodes.Outcome shared =
        OnNodes.run(
            new InMemory(nodes), nodes, () -> Gossip.blueprint(5, 60),
            OPTIONS.withWorkers(workers));

    assertThat(shared.run().failure()).isEmpty();
    assertThat(shared.run().fingerprint()).isEqualTo(alone.fingerprint());
    assertThat(shared.run().events()).isEqualTo(alone.events());
    assertThat(shared.run().endPs()).isEqualTo(alone.endPs());
    assertThat(shared.run().complete()).isTrue();
    assertThat(shared.seen()).isEqualTo(seenAlone).hasSizeGreaterThan(500);
    assertThat(shared.run().windows().eventsByPartition()).hasSize(nodes * workers);
  }

  @Test
  void shouldEndWithWhatThereIsWhenANodeIsLost() {
    OnNodes.Outcome shared =
        OnNodes.run(new InMemory(3).losing(2, 4), 3, () -> Gossip.blueprint(5, 60), OPTIONS);

    assertThat(shared.run().complete()).isFalse();
    assertThat(shared.run().windows().count()).isBetween(1L, 5L);
    assertThat(shared.seen()).isNotEmpty();
  }

  @Test
  void shouldPartBeforeTimeStartsWhenNodesBuiltDifferentMachines() {
    List<Integer> pairs = new ArrayList<>(List.of(5, 6));
    Supplier<Blueprint> different =
        () -> {
          synchronized (pairs) {
            return Gossip.blueprint(pairs.remove(0), 60);
          }
        };
    OnNodes.Outcome shared = OnNodes.run(new InMemory(2), 2, different, OPTIONS);

    assertThat(shared.run().complete()).isFalse();
    assertThat(shared.run().events()).isZero();
  }

  @Test
  void shouldTellOfAFailureElsewhereWhenAPartThrows() {
    Supplier<Blueprint> throwing =
        () -> {
          Blueprint.Builder builder =
              Blueprint.builder()
                  .component("a", Lab.starter(ctx -> Lab.send(ctx, "x", new Gossip.Word(1, 1))), 0)
                  .component("b", Lab.listener((ctx, message) -> {
                    throw new IllegalStateException("no more");
                  }), 1);
          return Lab.wire(builder, "a", "x", "b", 50).build();
        };
    OnNodes.Outcome shared = OnNodes.run(new InMemory(2), 2, throwing, OPTIONS);

    assertThat(shared.run().failure()).isPresent();
    assertThat(shared.run().failure().get().component()).isEqualTo("b");
    assertThat(shared.run().failure().get().atPs()).isEqualTo(50);
    assertThat(shared.run().failure().get().what()).contains("no more");
  }

  @Test
  void shouldStopEverywhereWhenOneNodeIsAskedTo() {
    StopFlag stop = new StopFlag();
    stop.raise();
    RunOptions stopped =
        new RunOptions(1, Optional.empty(), Long.MAX_VALUE, 7_000, 1, stop);
    OnNodes.Outcome shared =
        OnNodes.run(new InMemory(2), 2, () -> Gossip.blueprint(5, 60), stopped);

    assertThat(shared.run().complete()).isFalse();
    assertThat(shared.run().windows().count()).isEqualTo(1);
  }
}
