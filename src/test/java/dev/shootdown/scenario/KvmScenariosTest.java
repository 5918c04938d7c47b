package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.Liveness;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.Account;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the scenarios on virtual machines show, beyond their verdicts. */
class KvmScenariosTest {
  private static final String GUEST =
      """
      include classpath("profiles/two-socket-ats.conf")
      processes = [ { name = vmm, areas = [
        { name = ram, at = "0x7f0000000000", pages = 4 }
        { name = later, at = "0x7f0001000000", pages = 4, mapped = false } ] } ]
      """;

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
    return Scene.run(pool, Scene.variant(Scene.shipped(number), variant, overrides));
  }

  private static Liveness liveness(ScenarioResult result) {
    return result.judgement().costs().liveness();
  }

  private static long notifierPs(ScenarioResult result) {
    return result.judgement().rows().stream()
        .mapToLong(row -> row.accountPs(Account.NOTIFIER)).sum();
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "31", "32", "33", "34", "35"})
  void shouldComeToTheExpectedVerdictWithAClosedLedger(String number) {
    for (Variant variant : Scene.load(Scene.shipped(number))) {
      ScenarioResult result = Scene.run(pool, variant.scenario());

      assertThat(Scene.verdict(result)).as(variant.id(1))
          .isEqualTo(variant.scenario().expect());
      assertThat(result.judgement().gaps()).as(variant.id(1)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "35"})
  void shouldStayCleanWhenItIsDoneRightWhateverTheSeed(String number) {
    String right = number.equals("30") ? "retry" : "right";
    for (int seed = 1; seed <= 10; seed++) {
      ScenarioResult result =
          run(number, right, "run.seed=" + seed, "run.tie-order=\"seed " + seed + "\"");

      assertThat(Scene.verdict(result)).as("%s, seed %d", number, seed).isEqualTo("clean");
    }
  }

  @Test
  void shouldMakeADeviceGiveUpOnlyWhenItIsToldSuccess() {
    assertThat(liveness(run("31", "impatient-success")).deviceFailures()).hasSize(1);
    assertThat(liveness(run("31", "impatient-loop")).deviceFailures()).isEmpty();
    assertThat(liveness(run("31", "direct")).retries().total())
        .isGreaterThan(liveness(run("31", "impatient-loop")).retries().total());
  }

  /** Without DMA under way the hops are all that differs: three calls or one, six times. */
  @Test
  void shouldPayForTheHopsWhenNothingElseIsWaitedFor() {
    String idle = "tune.gpu0.dma=[{gfn=0x102,access=read,at=1us}]";
    long chainedPs = notifierPs(run("31", "chained", idle));

    assertThat(chainedPs - notifierPs(run("31", "direct", idle))).isEqualTo(6 * 2 * 10_000);
  }

  @Test
  void shouldRefuseFaultsThatNobodyInvalidatesOnlyWhenTheHullCoversThem() {
    assertThat(liveness(run("32", "both-ends")).retries().total()).isGreaterThan(20);
    assertThat(liveness(run("32", "one-end")).retries().total()).isZero();
  }

  @Test
  void shouldMakeTheInvalidationLongerWhenVcpusFightForTheLock() {
    long brokenPs = notifierPs(run("33", "broken"));
    long fixedPs = notifierPs(run("33", "fixed"));

    assertThat(brokenPs).isGreaterThan(5 * fixedPs);
    assertThat(fixedPs).isLessThan(notifierPs(run("33", "keeps-the-lock")) * 11 / 10);
  }

  @Test
  void shouldBeTheSameRunWhenTheZapStormRunsOnTwoWorkers() {
    Scenario storm =
        Scene.load(
            Path.of("scenarios/bench/zap-64.conf"), "run.until=60us", "expect=inconclusive")
            .get(0).scenario();
    ScenarioResult one = Scene.run(pool, storm, 1, false);

    assertThat(one.outcome().failure()).isEmpty();
    assertThat(one.outcome().events()).isGreaterThan(10_000);
    assertThat(Scene.run(pool, storm, 2, false).outcome().fingerprint().total())
        .isEqualTo(one.outcome().fingerprint().total());
  }

  @Test
  void shouldNameEveryMistakeAtOnce(@TempDir Path folder) {
    String parts =
        """
        machine.parts = [
          { name = cpu9, type = cpu }
          { name = vm0, type = kvm, process = vmm, slots = [
              { at = "0x1000", area = ram }, { at = "0x2000", area = later } ] }
          { name = vcpu0, type = vcpu, vm = vm1, do = ["touch 1 write"] }
          { name = vcpu1, type = vcpu, vm = vm0
            do = ["jump", "repeat", "apic", "touch 0x900 read", "cache 2", "touch 1 sideways"] }
          { name = gpu0, type = assigned-device, iommu = nowhere }
        ]
        """;

    assertThat(Scene.problems(folder, GUEST + parts))
        .extracting(problem -> problem.line())
        .anyMatch(line -> line.contains("there is no part 'vm1' of type kvm"))
        .anyMatch(line -> line.contains("there is no part 'nowhere' of type kvm-iommu"))
        .anyMatch(line -> line.contains("'jump' is nothing that a guest does"))
        .anyMatch(line -> line.contains("'repeat' stands last"))
        .anyMatch(line -> line.contains("write 'touch GFN read'"))
        .anyMatch(line -> line.contains("two slots share guest pages"))
        .anyMatch(line -> line.contains("make 'later' mapped and writable"))
        .anyMatch(line -> line.contains("the guest has no page 0x900"))
        .anyMatch(line -> line.contains("the guest has no APIC page"))
        .anyMatch(line -> line.contains("its vm has 0 caches, no number 2"))
        .allMatch(line -> line.startsWith("bad.conf:"));
  }

  @Test
  void shouldRunAnArmGuestWithoutKicks() {
    ScenarioResult result =
        run("35", "right", "tune.vm0.flush=vmid-broadcast", "kernel.arch=arm64");

    assertThat(Scene.verdict(result)).isEqualTo("clean");
    assertThat(List.copyOf(result.judgement().rows()))
        .extracting(row -> row.ipis()).containsOnly(0);
  }
}
