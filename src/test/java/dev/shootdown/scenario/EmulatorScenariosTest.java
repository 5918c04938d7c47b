package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.Finding;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.MachineFact;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scenarios of an emulated IOMMU come to what they say, and for the reason that they say. */
class EmulatorScenariosTest {
  private static final int SEEDS = 5;
  private static SystemPool pool;

  @BeforeAll
  static void open() {
    pool = new SystemPool();
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  private static ScenarioResult run(String number, String variant, String... overrides) {
    Path file = Scene.shipped(number);
    return Scene.run(pool, Scene.variant(file, variant, overrides), 1, true);
  }

  private static long count(ScenarioResult result, Class<? extends MachineFact> kind) {
    return result.trace().stream().filter(line -> kind.isInstance(line.fact())).count();
  }

  @ParameterizedTest
  @ValueSource(strings = {"20", "21", "22", "23", "24", "25", "26", "65"})
  void shouldComeToTheExpectedVerdictWithAClosedLedger(String number) {
    for (Variant variant : Scene.load(Scene.shipped(number))) {
      ScenarioResult result = Scene.run(pool, variant.scenario());

      assertThat(Scene.verdict(result)).as(variant.id(1)).isEqualTo(variant.scenario().expect());
      assertThat(result.judgement().gaps()).as(variant.id(1)).isEmpty();
      assertThat(result.judgement().unfinished()).as(variant.id(1)).isEmpty();
      assertThat(result.judgement().rows()).as(variant.id(1)).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"20", "21", "22", "23", "25", "26", "65"})
  void shouldComeToTheSameWhenSimultaneousEventsChangePlacesOrWorkersShare(String number) {
    for (int seed = 1; seed <= SEEDS; seed++) {
      String order = "run.tie-order=\"seed " + seed + "\"";
      for (Variant variant : Scene.load(Scene.shipped(number), order)) {
        ScenarioResult one = Scene.run(pool, variant.scenario());
        ScenarioResult two = Scene.run(pool, variant.scenario(), 2, false);

        assertThat(Scene.verdict(one)).as("%s with %s", variant.id(1), order)
            .isEqualTo(variant.scenario().expect());
        assertThat(two.outcome().fingerprint().total()).as(variant.id(1))
            .isEqualTo(one.outcome().fingerprint().total());
      }
    }
  }

  @Test
  void shouldNameNotifierEventAndRangeWhenAnAssertionFires() {
    for (String number : List.of("20", "23")) {
      String variant = number.equals("20") ? "assert" : "as-shipped";
      ScenarioResult result = run(number, variant);
      List<Finding> findings = result.judgement().findings();

      assertThat(findings).as(number).hasSize(1);
      assertThat(findings.get(0).summary()).as(number)
          .contains("[0x0, 0xffffffffffffffff]").contains("notifier [0x0, 0xfedfffff] of");
      assertThat(result.outcome().complete()).as(number).isTrue();
    }
    assertThat(run("23", "as-shipped").judgement().findings().get(0).summary())
        .contains("event DEVIOTLB_UNMAP").contains("listens to [MAP, UNMAP]");
  }

  @Test
  void shouldRefuseLiveDmaWhenAWholeRangeIsUnmapped() {
    long shipped = count(run("20", "as-shipped"), MachineFact.Denied.class);

    assertThat(shipped).as("the two transfers after the unmap").isEqualTo(2);
    for (String variant : List.of("whole-chunks", "whole-flag")) {
      assertThat(count(run("20", variant), MachineFact.Denied.class)).as(variant)
          .isGreaterThan(shipped + 2);
    }
  }

  @Test
  void shouldFlushOnceForManyUnmapsWhenTheGuestIsLazy() {
    long strict = count(run("24", "vhost-strict"), MachineFact.FlushBegan.class);
    ScenarioResult lazy = run("24", "vhost-lazy");
    long flushes =
        lazy.judgement().rows().stream().filter(row -> row.kind().equals("unmap"))
            .filter(row -> row.secondaryFlushes() > 0).count();

    assertThat(strict).isEqualTo(600);
    assertThat(flushes).isEqualTo(2);
    assertThat(count(lazy, MachineFact.StaleWindowOpened.class)).isEqualTo(600);
    assertThat(count(lazy, MachineFact.StaleWindowClosed.class)).isEqualTo(600);
  }

  @Test
  void shouldFindStaleUseWhenALazyGuestsFlushReachesNobody() {
    String old = "tune.v0.behaviour=qemu-7-2";

    assertThat(Scene.verdict(run("24", "vhost-lazy", old))).isEqualTo("stale-use");
    assertThat(Scene.verdict(run("24", "vfio-lazy", old))).isEqualTo("clean");
  }

  @Test
  void shouldDiscardTheUpdateWhenTheBackendIsCareful() {
    assertThat(count(run("25", "careful-backend"), MachineFact.FillDiscarded.class)).isEqualTo(1);
    assertThat(count(run("25", "beside-the-lock"), MachineFact.FillDiscarded.class)).isZero();
  }
}
