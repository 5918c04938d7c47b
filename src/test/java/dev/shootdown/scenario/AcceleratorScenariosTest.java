package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.LedgerRow;
import dev.shootdown.config.Problem;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.MachineFact;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scenarios of GPUs and grant maps come to what they say, for the reason that they say. */
class AcceleratorScenariosTest {
  private static final int SEEDS = 5;
  private static final String SHORT = "run.until=20ms";
  private static SystemPool pool;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    pool = new SystemPool();
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  private static ScenarioResult run(String number, String variant, String... overrides) {
    return Scene.run(
        pool, Scene.variant(Scene.shipped(number), variant, overrides), 1, true);
  }

  private static <F extends MachineFact> List<F> facts(ScenarioResult result, Class<F> kind) {
    return result.trace().stream().map(TraceLine::fact).filter(kind::isInstance)
        .map(kind::cast).toList();
  }

  private static long freed(ScenarioResult result) {
    return facts(result, MachineFact.FramesFreed.class).stream()
        .mapToLong(fact -> fact.pfns().size()).sum();
  }

  @ParameterizedTest
  @ValueSource(strings = {"40", "41", "42", "43", "47", "48", "63", "64"})
  void shouldComeToTheExpectedVerdictWithAClosedLedgerInAnyOrder(String number) {
    for (int seed = 1; seed <= SEEDS; seed++) {
      String order = "run.tie-order=\"seed " + seed + "\"";
      // A retry until a time-out is only known to be in vain once it has given up.
      String until = number.equals("47") ? "run.until=1200ms" : SHORT;
      for (Variant variant : Scene.load(Scene.shipped(number), order, until)) {
        ScenarioResult one = Scene.run(pool, variant.scenario());
        ScenarioResult two = Scene.run(pool, variant.scenario(), 2, false);

        assertThat(Scene.verdict(one)).as("%s with %s", variant.id(1), order)
            .isEqualTo(variant.scenario().expect());
        assertThat(one.judgement().gaps()).as(variant.id(1)).isEmpty();
        assertThat(two.outcome().fingerprint().total()).as(variant.id(1))
            .isEqualTo(one.outcome().fingerprint().total());
      }
    }
  }

  @Test
  void shouldFailAfterAWholeSecondWhenTheSequenceIsReadOnce() {
    String few = "tune.gpu0.mirror.costs.loop=10ms";
    ScenarioResult broken = run("40", "broken", few);

    assertThat(facts(broken, MachineFact.FaultResolved.class))
        .extracting(MachineFact.FaultResolved::how)
        .contains(MachineFact.Resolution.FAILED);
    assertThat(facts(broken, MachineFact.FaultRetried.class)).hasSizeBetween(90, 110);
    assertThat(facts(run("40", "fixed", few), MachineFact.FaultRetried.class))
        .hasSizeLessThan(5);
  }

  private static int retries(ScenarioResult result) {
    return facts(result, MachineFact.FaultRetried.class).size();
  }

  /** Nobody else touches the page: the only bracket is the one that the fault's own copy opens. */
  @Test
  void shouldCollideWithItselfOnceWhenAFaultHasToCopyThePage() {
    ScenarioResult fixed = run("47", "fixed");
    assertThat(retries(fixed)).isEqualTo(1);
    assertThat(facts(fixed, MachineFact.CopyBegan.class)).hasSize(1);
    assertThat(facts(fixed, MachineFact.Used.class)).filteredOn(MachineFact.Used::write)
        .hasSize(20);

    ScenarioResult broken = run("47", "broken");
    assertThat(facts(broken, MachineFact.CopyBegan.class)).hasSize(1);
    assertThat(retries(broken)).isGreaterThan(1_000);
    assertThat(facts(broken, MachineFact.FaultResolved.class))
        .containsExactly(
            new MachineFact.FaultResolved(0, MachineFact.Resolution.FAILED));
  }

  @Test
  void shouldSpareFaultsOfOtherChildrenWhenTheRegistrationIsImplicit() {
    assertThat(retries(run("48", "explicit"))).isPositive();
    assertThat(retries(run("48", "implicit"))).isZero();
    assertThat(retries(run("48", "implicit", "tune.mr0.child-pages=128"))).isPositive();
  }

  /** 64 pages are reaped, or none; one variant gives as many back before. */
  @Test
  void shouldRefuseTheReaperOnlyWhereAChildIsWhenTheRegistrationIsImplicit() {
    assertThat(freed(run("64", "explicit-unused"))).isZero();
    assertThat(freed(run("64", "implicit-unused"))).isEqualTo(64);
    assertThat(freed(run("64", "implicit-used"))).isZero();
    assertThat(freed(run("64", "implicit-used-before"))).isEqualTo(128);
  }

  /** The first fault of a stretch makes its child, the second finds it. */
  @Test
  void shouldMakeOnlyTheFirstFaultWaitForAChild() {
    List<Long> explicitPs = stallsPs(run("64", "explicit-unused"));
    List<Long> implicitPs = stallsPs(run("64", "implicit-unused"));

    assertThat(implicitPs.get(0) - explicitPs.get(0)).isEqualTo(20_000_000);
    assertThat(implicitPs.get(1)).isEqualTo(explicitPs.get(1));
  }

  private static List<Long> stallsPs(ScenarioResult result) {
    List<Long> raisedPs = new ArrayList<>();
    List<Long> stallsPs = new ArrayList<>();
    for (TraceLine line : result.trace()) {
      if (line.fact() instanceof MachineFact.FaultRaised) {
        raisedPs.add(line.atPs());
      } else if (line.fact() instanceof MachineFact.FaultResolved) {
        stallsPs.add(line.atPs() - raisedPs.get(stallsPs.size()));
      }
    }
    return stallsPs;
  }

  /** A page that is taken away before the last fault of its batch is over faults again. */
  @Test
  void shouldFaultMoreOftenWhenAWholeBatchIsReplayedAtItsEnd() {
    int batches = retries(run("63", "as-shipped"));
    int oneByOne = retries(run("63", "one-notifier-for-all"));

    assertThat(batches).isGreaterThan(2 * oneByOne);
    assertThat(oneByOne).as("collisions, some of them with its neighbours'").isPositive();
  }

  @Test
  void shouldFreeNothingWhenNouveausPlainNotifierRefusesTheReaper() {
    assertThat(freed(run("63", "reaped"))).isZero();
  }

  @Test
  void shouldRefuseAJobThatCannotBeStoppedWhereTheHardwareReplays() {
    assertThat(
        problems(
            "{ name = gpu0, type = nouveau-gpu, process = app, area = a,"
                + " faults = before-start }"))
        .singleElement().asString().contains("bad.conf:2").contains("before-start is for hmm-gpu");
  }

  @Test
  void shouldFreeNothingWhenAnOdpRegionRefusesTheReaper() {
    String reap =
        "workload=[{cpu=cpu0,process=app,do=[\"spin-until 400us\",\"oom-reap a\"]}]";

    assertThat(freed(run("48", "explicit", reap))).isZero();
  }

  @Test
  void shouldHoldTheCallerUpAsLongAsAJobRunsWhenFencesAreWaitedFor() {
    assertThat(dontneedPs("waits-for-fences")).isBetween(4_000_000_000L, 4_100_000_000L);
    assertThat(dontneedPs("recoverable")).isLessThan(10_000_000L);
  }

  private static long dontneedPs(String variant) {
    ScenarioResult result = run("41", variant);
    long openedPs = atPs(result, MachineFact.BracketOpened.class);
    return atPs(result, MachineFact.BracketClosed.class) - openedPs;
  }

  private static long atPs(ScenarioResult result, Class<? extends MachineFact> kind) {
    return result.trace().stream().filter(line -> kind.isInstance(line.fact()))
        .findFirst().orElseThrow().atPs();
  }

  @Test
  void shouldFreeNothingWhenAGrantMapRefusesTheReaper() {
    ScenarioResult reaped = run("42", "reaped");
    ScenarioResult unmapped = run("42", "unmapped");

    assertThat(freed(reaped)).isZero();
    assertThat(facts(reaped, MachineFact.Denied.class)).isEmpty();
    assertThat(freed(run("42", "reaped-beside-it"))).isEqualTo(16);
    assertThat(freed(unmapped)).isEqualTo(16);
    assertThat(facts(unmapped, MachineFact.Denied.class)).isNotEmpty();
    assertThat(unmapped.judgement().rows()).extracting(LedgerRow::kind).contains("munmap");
  }

  private List<String> problems(String machine) {
    String text =
        "machine.parts = [ { name = cpu0, type = cpu }\n" + machine + " ]\n"
            + "processes = [ { name = app, areas = [ { name = a, at = \"0x7f0000000000\","
            + " pages = 4 }, { name = none, at = \"0x7f0001000000\", pages = 1, mapped = false }"
            + " ] } ]\n";
    return Scene.problems(folder, text).stream().map(Problem::line).toList();
  }

  @Test
  void shouldNameAPageOutsideTheArea() {
    assertThat(
        problems(
            "{ name = gpu0, type = hmm-gpu, process = app, area = a,"
                + " jobs = [ { at = 1us, page = 4, access = read } ] }"))
        .singleElement().asString().contains("bad.conf:2").contains("no page 4");
  }

  @Test
  void shouldRefuseAnAreaThatIsNotThereFromTheStart() {
    assertThat(
        problems(
            "{ name = gpu0, type = hmm-gpu, process = app, area = none }\n"
                + "{ name = x, type = gntdev-map, process = app, area = none }"))
        .hasSize(2).allMatch(line -> line.contains("not modelled; make 'none' mapped"));
  }

  @Test
  void shouldNameAnUnknownKeyOfAJob() {
    assertThat(
        problems(
            "{ name = gpu0, type = hmm-gpu, process = app, area = a,"
                + " jobs = [ { at = 1us, acess = read, access = read } ] }"))
        .singleElement().asString().contains("acess");
  }
}
