package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.bytes.BytesIn;
import dev.shootdown.bytes.BytesOut;
import dev.shootdown.bytes.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointsTest {
  private static final RunOptions OPTIONS = Lab.epochs(7_000);

  /** So that pauses come between parts' words and what they put off, within a lookahead. */
  private static final long EVERY_PS = 4_310;

  private static final Supplier<Blueprint> MACHINE = () -> Hoarders.blueprint(6, 12);

  /** Keeps everything, as bytes. */
  private static final class Keeping implements Checkpoints {
    private final long everyPs;
    private final Optional<Snapshot> from;
    private final List<Snapshot> kept = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();

    Keeping(long everyPs, Optional<Snapshot> from) {
      this.everyPs = everyPs;
      this.from = from;
    }

    @Override
    public long everyPs() {
      return everyPs;
    }

    @Override
    public Optional<Snapshot> from() {
      return from;
    }

    @Override
    public void keep(Snapshot snapshot) {
      BytesOut out = new BytesOut();
      snapshot.write(out);
      kept.add(Snapshot.read(new BytesIn(out.toByteArray())));
    }

    @Override
    public void refused(long atPs, String why) {
      refused.add(why);
    }
  }

  /** Notes what it sees; its notes are part of the state. */
  private static final class Notes implements Observer {
    private final List<Lab.Seen> seen = new ArrayList<>();

    @Override
    public void seen(long atPs, String component, Fact fact) {
      seen.add(new Lab.Seen(atPs, component, fact));
    }
  }

  private Supplier<Blueprint> machine = MACHINE;
  private int sharedFrom;

  private record Outcome(RunOutcome run, List<Lab.Seen> seen) {}

  private Outcome run(SystemPool pool, RunOptions options, Optional<Keeping> keeping) {
    Notes notes = new Notes();
    Simulation simulation =
        new Simulation(pool, machine.get(), options, Optional.of(notes)).sharedFrom(sharedFrom);
    keeping.ifPresent(keeper -> simulation.keptBy(keeper, () -> new Object[] {notes}));
    return new Outcome(simulation.run(), notes.seen);
  }

  private Outcome run(int nodes, int workers, Optional<Keeping> keeping) {
    RunOptions options = OPTIONS.withWorkers(workers);
    if (nodes == 1) {
      try (SystemPool pool = new SystemPool()) {
        return run(pool, options, keeping);
      }
    }
    InMemory network = new InMemory(nodes);
    List<CompletableFuture<Outcome>> all = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      Exchange exchange = network.of(i);
      Distribution distribution =
          new Distribution(
              exchange, Codec.ofAny(List.of(Hoarders.Word.class)),
              Codec.ofAny(List.of(Lab.Note.class)));
      all.add(CompletableFuture.supplyAsync(
          () -> {
            try (SystemPool pool = new SystemPool()) {
              return run(
                  pool.across(distribution), options,
                  exchange.node() == 0 ? keeping : Optional.empty());
            }
          },
          task -> new Thread(task, "node-" + exchange.node()).start()));
    }
    all.forEach(CompletableFuture::join);
    return all.get(0).join();
  }

  private static void assertSame(Outcome outcome, Outcome plain) {
    assertThat(outcome.run().failure()).isEmpty();
    assertThat(outcome.run().fingerprint()).isEqualTo(plain.run().fingerprint());
    assertThat(outcome.run().events()).isEqualTo(plain.run().events());
    assertThat(outcome.run().endPs()).isEqualTo(plain.run().endPs());
    assertThat(outcome.run().complete()).isTrue();
    assertThat(outcome.seen()).isEqualTo(plain.seen()).hasSizeGreaterThan(400);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1", "1, 1, 1, 2", "1, 2, 1, 1", "1, 1, 2, 1", "2, 1, 1, 2", "2, 2, 3, 1"})
  void shouldComeToTheSameWhenARunGoesOnElsewhere(
      int nodes, int workers, int laterNodes, int laterWorkers) {
    Outcome plain = run(1, 1, Optional.empty());
    Keeping keeping = new Keeping(EVERY_PS, Optional.empty());

    assertSame(run(nodes, workers, Optional.of(keeping)), plain);

    assertThat(keeping.refused).isEmpty();
    assertThat(keeping.kept).hasSizeGreaterThanOrEqualTo(3);
    for (int i : new int[] {0, keeping.kept.size() - 1}) {
      Snapshot from = keeping.kept.get(i);
      Keeping on = new Keeping(EVERY_PS, Optional.of(from));

      assertSame(run(laterNodes, laterWorkers, Optional.of(on)), plain);
      assertThat(on.kept).hasSize(keeping.kept.size() - 1 - i);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1, 2", "1, 2, 1, 1", "1, 2, 1, 3", "2, 1, 1, 2"})
  void shouldComeToTheSameWhenOneThreadRunsAllPartsForOthers(
      int nodes, int workers, int laterNodes, int laterWorkers) {
    sharedFrom = Simulation.NEVER_SHARED;
    shouldComeToTheSameWhenARunGoesOnElsewhere(nodes, workers, laterNodes, laterWorkers);
  }

  @ParameterizedTest
  @CsvSource({"4, 1, 1, 1", "1, 1, 4, 1", "4, 1, 5, 2"})
  void shouldComeToTheSameWhenNotAllNodesAreNeighbours(
      int nodes, int workers, int laterNodes, int laterWorkers) {
    machine = () -> Hoarders.ring(20, 12);
    shouldComeToTheSameWhenARunGoesOnElsewhere(nodes, workers, laterNodes, laterWorkers);
  }

  @Test
  void shouldBeTheSameBytesWhoeverRanWhere() {
    List<List<Snapshot>> all = new ArrayList<>();
    for (int[] place : new int[][] {{1, 1}, {1, 2}, {2, 1}}) {
      Keeping keeping = new Keeping(EVERY_PS, Optional.empty());
      run(place[0], place[1], Optional.of(keeping));
      all.add(keeping.kept);
    }
    sharedFrom = Simulation.NEVER_SHARED;
    Keeping folded = new Keeping(EVERY_PS, Optional.empty());
    run(1, 2, Optional.of(folded));
    all.add(folded.kept);

    for (List<Snapshot> others : all) {
      assertThat(others).usingRecursiveComparison().isEqualTo(all.get(0));
    }
  }

  @Test
  void shouldRefuseWhenTheCheckpointIsOfAnotherMachine() {
    Keeping keeping = new Keeping(EVERY_PS, Optional.empty());
    run(1, 1, Optional.of(keeping));
    Keeping on = new Keeping(Long.MAX_VALUE, Optional.of(keeping.kept.get(0)));

    try (SystemPool pool = new SystemPool()) {
      Simulation fewer =
          new Simulation(pool, Hoarders.blueprint(5, 12), OPTIONS, Optional.empty())
              .keptBy(on, () -> new Object[0]);
      assertThatThrownBy(fewer::run).isInstanceOf(BadCheckpoint.class)
          .hasMessageContaining("6 components").hasMessageContaining("has 5");
    }
  }

  @Test
  void shouldNameThePartWhenItHasNoImage() {
    Blueprint functional =
        Lab.wire(
            Blueprint.builder()
                .component("talker", Lab.starter(ctx -> Lab.send(ctx, "out", "word")))
                .component("ear", Lab.listener((ctx, message) -> {})),
            "talker", "out", "ear", 10).build();
    Keeping keeping = new Keeping(5, Optional.empty());

    for (int workers : List.of(1, 2)) {
      try (SystemPool pool = new SystemPool()) {
        Simulation run =
            new Simulation(pool, functional, OPTIONS.withWorkers(workers), Optional.empty())
                .keptBy(keeping, () -> new Object[0]);
        assertThatThrownBy(run::run).isInstanceOf(BadCheckpoint.class)
            .hasMessageContaining("talker has no image: its behaviour is a org.apache.pekko");
      }
    }
  }
}
