package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.bytes.BytesIn;
import dev.shootdown.bytes.BytesOut;
import dev.shootdown.engine.Checkpoints;
import dev.shootdown.engine.Snapshot;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each scenario that ships can be kept in its middle and gone on with. */
class CheckpointScenariosTest {
  /** What has no image yet: a part's name and what it holds. To shrink, never to grow. */
  private static final TreeSet<String> WITHOUT_IMAGE = new TreeSet<>();

  private static final int PAUSES = 2;

  /** Keeps the state as bytes. */
  private static final class Keeping implements Checkpoints {
    private final long everyPs;
    private final Optional<Snapshot> from;
    private final List<byte[]> kept = new ArrayList<>();
    private final TreeSet<String> refused = new TreeSet<>();

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
      kept.add(out.toByteArray());
    }

    @Override
    public void refused(long atPs, String why) {
      refused.add(why);
    }
  }

  static List<Path> shipped() {
    return Scene.shipped();
  }

  private static ScenarioResult run(
      SystemPool pool, Variant variant, int workers, Keeping keeping) {
    Scenario scenario = variant.scenario();
    ScenarioRun run =
        new ScenarioRun(
            pool, scenario, scenario.run().seed(), workers, false, new StopFlag());
    return run.keptBy(keeping).run();
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void shouldComeToTheSameWhenItGoesOnFromItsMiddle(Path file) {
    try (SystemPool pool = new SystemPool()) {
      int workers = 2;
      for (Variant variant : Scene.load(file)) {
        ScenarioResult plain = Scene.run(pool, variant.scenario());
        Keeping keeping =
            new Keeping(Math.max(1, plain.outcome().endPs() / PAUSES), Optional.empty());

        Scene.assertSame(run(pool, variant, 1, keeping), plain, variant.id(1) + " when kept");

        assertThat(WITHOUT_IMAGE).as(variant.id(1)).containsAll(keeping.refused);
        assertThat(keeping.kept.isEmpty()).as(variant.id(1))
            .isEqualTo(!keeping.refused.isEmpty());
        for (byte[] bytes : keeping.kept) {
          for (int count = 1; count <= workers; count++) {
            Keeping on =
                new Keeping(
                    Long.MAX_VALUE, Optional.of(Snapshot.read(new BytesIn(bytes))));
            String what = variant.id(1) + " from a checkpoint, workers " + count;
            Scene.assertSame(run(pool, variant, count, on), plain, what);
          }
          workers = 1; // going on with two is shown once per file: it takes much longer
        }
      }
    }
  }

  @Test
  void shouldBeTheSameStateWhenTwoWorkersAreKept() {
    Variant variant = Scene.load(Scene.shipped("01")).get(0);
    List<List<byte[]>> all = new ArrayList<>();
    for (int workers : List.of(1, 2)) {
      try (SystemPool pool = new SystemPool()) {
        Keeping keeping = new Keeping(1_000_000, Optional.empty());
        run(pool, variant, workers, keeping);
        all.add(keeping.kept);
      }
    }

    assertThat(all.get(1)).hasSizeGreaterThan(3).hasSameSizeAs(all.get(0));
    for (int i = 0; i < all.get(0).size(); i++) {
      assertThat(all.get(1).get(i)).isEqualTo(all.get(0).get(i));
    }
  }
}
