package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.config.Problem;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.MachineFact;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scenarios of OpenCAPI links come to what they say, for the reason that they say. */
class OcxlScenariosTest {
  private static final int SEEDS = 3;
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

  private static long elapsedPs(ScenarioResult result, String kind) {
    return result.judgement().rows().stream().filter(row -> row.kind().equals(kind))
        .findFirst().orElseThrow().elapsedPs();
  }

  private static long stallMaxPs(ScenarioResult result) {
    return result.judgement().costs().liveness().stallMaxPs();
  }

  @ParameterizedTest
  @ValueSource(strings = {"44", "45", "46", "62"})
  void shouldComeToTheExpectedVerdictWithAClosedLedgerInAnyOrder(String number) {
    for (int seed = 1; seed <= SEEDS; seed++) {
      String order = "run.tie-order=\"seed " + seed + "\"";
      for (Variant variant : Scene.load(Scene.shipped(number), order)) {
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
  void shouldTakeAsManyLaunchesAsPagesWhenARangeIsFlushed() {
    long onePs = elapsedPs(run("44", "one-page"), "dontneed");
    long allPs = elapsedPs(run("44", "many-pages"), "dontneed");

    assertThat(allPs - onePs).isBetween(511 * 700_000L, 511 * 900_000L);
  }

  @Test
  void shouldTakeASixteenthOfTheLaunchesWhenTheKernelsPagesAreLarge() {
    long smallPs = elapsedPs(run("44", "many-pages"), "dontneed");
    long largePs = elapsedPs(run("44", "many-pages-large"), "dontneed");

    assertThat(smallPs - largePs).isBetween((512 - 32) * 700_000L, (512 - 32) * 900_000L);
  }

  /** The time limit of each launch is a second, and no launch takes nearly as long. */
  @Test
  void shouldEndSoonAfterItsWorkWhenNoShootDownIsSlow() {
    assertThat(run("44", "one-page").outcome().endPs()).isLessThan(1_000_000_000L);
  }

  @Test
  void shouldTellTheLinkNothingWhenTheProcessExitsAndNobodyRemovesItsElements() {
    ScenarioResult asShipped = run("62", "as-shipped");
    ScenarioResult removed = run("62", "elements-removed");

    assertThat(facts(asShipped, MachineFact.FlushBegan.class))
        .noneMatch(flush -> flush.audience() == MachineFact.Audience.SECONDARY);
    assertThat(facts(removed, MachineFact.FlushBegan.class))
        .filteredOn(flush -> flush.audience() == MachineFact.Audience.SECONDARY).hasSize(1);
    assertThat(facts(removed, MachineFact.Denied.class)).hasSize(2);
    assertThat(facts(run("62", "snooped"), MachineFact.Denied.class)).hasSize(2);
  }

  @Test
  void shouldHaveForgottenEverythingLongBeforeTheLoopEndsWhenEverythingIsFlushed() {
    ScenarioResult result = run("44", "everything");

    assertThat(facts(result, MachineFact.FlushEnded.class))
        .noneMatch(flush -> flush.audience() == MachineFact.Audience.SECONDARY);
    assertThat(facts(result, MachineFact.Dropped.class))
        .filteredOn(dropped -> dropped.range().isAll()).isNotEmpty();
  }

  @Test
  void shouldBroadcastTheFlushOfASingleCpuWhenALinkHasAnElementOfItsProcess() {
    String page = "workload=[{cpu=cpu0,process=app,do=[\"spin-until 10us\",\"dontneed a 0 1\"]}]";
    ScenarioResult snooped = run("44", "everything-snooped", page);
    ScenarioResult told = run("44", "one-page");

    assertThat(targets(snooped)).as("tlbie").isEqualTo(1);
    assertThat(targets(told)).as("tlbie, though nobody but the driver tells the link").isEqualTo(1);
    assertThat(facts(snooped, MachineFact.Dropped.class)).isNotEmpty();
  }

  private static int targets(ScenarioResult result) {
    return facts(result, MachineFact.FlushBegan.class).stream()
        .filter(flush -> flush.audience() == MachineFact.Audience.CPU).findFirst().orElseThrow()
        .targets();
  }

  /** A rule of the model broken: what was read before a shoot-down is kept after it. */
  @Test
  void shouldFindTheStaleUseWhenTheLinkKeepsWhatItReadMeanwhile() {
    String slow = "wires.walk.latency={kind=constant,min=3us,max=null,mean=null}";
    String early =
        "workload=[{cpu=cpu0,process=app,do=[\"spin-until 4500ns\",\"dontneed a 0 1\"]}]";
    String keeps = "tune.capi0.drop-racing-walks=false";

    assertThat(Scene.verdict(run("44", "one-page", slow, early))).isEqualTo("clean");
    assertThat(Scene.verdict(run("44", "one-page", slow, early, keeps)))
        .isEqualTo("stale-use");
  }

  @Test
  void shouldWaitTwiceAsLongWhenTwiceAsManyFaultsShareALink() {
    double one = stallMaxPs(run("46", "one-link"));
    double two = stallMaxPs(run("46", "two-links"));

    assertThat(one / two).isBetween(1.8, 2.2);
  }

  private List<String> problems(String link, String more) {
    String text =
        more + "\nmachine.parts = [ { name = cpu0, type = cpu } { name = cpu1, type = cpu }\n"
            + link + " ]\n"
            + "processes = [ { name = app, areas = [ { name = a, at = \"0x7f0000000000\","
            + " pages = 4 } ] } ]\n";
    return Scene.problems(folder, text).stream().map(Problem::line).toList();
  }

  @Test
  void shouldNameWhatIsWrongWithALink() {
    String context = "contexts = [ { process = app, area = a } ] }";
    String link = "{ name = capi0, type = ocxl-link, faults-on = cpu1, ";

    assertThat(problems(link + context, "")).singleElement().asString()
        .contains("bad.conf:3").contains("kernel.arch = power");
    assertThat(problems(link + "contexts = [] }", "kernel.arch = power")).singleElement()
        .asString().contains("at least one process element");
    assertThat(
            problems(
                link + context,
                "kernel.arch = power, workload = [ { cpu = cpu1, process = app, do = [] } ]"))
        .singleElement().asString().contains("'cpu1' has a workload");
    assertThat(
            problems(
                link + context + "\n" + link.replace("capi0", "capi1") + context,
                "kernel.arch = power"))
        .hasSize(2).allMatch(line -> line.contains("serves 'capi"));
  }
}
