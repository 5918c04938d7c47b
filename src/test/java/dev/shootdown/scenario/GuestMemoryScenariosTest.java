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

/** Memory of a guest that its host has not: the fault goes through the host's own fault path. */
class GuestMemoryScenariosTest {
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

  private static ScenarioResult run(String variant) {
    return Scene.run(pool, Scene.variant(Scene.shipped("36"), variant), 1, true);
  }

  private static <F extends MachineFact> List<F> facts(ScenarioResult result, Class<F> kind) {
    return result.trace().stream().map(TraceLine::fact).filter(kind::isInstance)
        .map(kind::cast).toList();
  }

  private static List<MachineFact.Resolution> resolutions(ScenarioResult result) {
    return facts(result, MachineFact.FaultResolved.class).stream()
        .map(MachineFact.FaultResolved::how).toList();
  }

  private static long faultsServedByTheHost(ScenarioResult result) {
    return result.judgement().rows().stream()
        .filter(row -> row.kind().equals("fault") && row.cpu().equals("cpu1")).count();
  }

  private static long writesOf(ScenarioResult result) {
    return result.trace().stream()
        .filter(line -> line.component().equals("vcpu0") && line.fact() instanceof MachineFact.Used)
        .count();
  }

  @Test
  void shouldBringEachPageInOnceWhenTheGuestTouchesItForTheFirstTime() {
    ScenarioResult result = run("given-out");

    assertThat(faultsServedByTheHost(result)).isEqualTo(3);
    assertThat(writesOf(result)).isEqualTo(6);
    assertThat(resolutions(result)).containsOnly(MachineFact.Resolution.SERVED);
  }

  @Test
  void shouldReadPagesBackWhenTheHostHasReclaimedThem() {
    ScenarioResult result = run("reclaimed");

    assertThat(faultsServedByTheHost(result)).isEqualTo(6);
    assertThat(writesOf(result)).isEqualTo(6);
  }

  @Test
  void shouldStopTheGuestWhenTheProcessHasTakenItsMemoryAway() {
    ScenarioResult result = run("taken-away");

    assertThat(writesOf(result)).as("before").isEqualTo(3);
    assertThat(resolutions(result)).last().isNotEqualTo(MachineFact.Resolution.SERVED);
  }

  private static long writesThroughTheCache(ScenarioResult result) {
    return result.trace().stream()
        .filter(line -> line.component().equals("vm0") && line.fact() instanceof MachineFact.Used)
        .count();
  }

  /** The APIC page and the cache's page, each at the beginning and after it was reclaimed. */
  @Test
  void shouldBringInThePagesOfTheRegisterAndOfTheCacheWhenTheyAreNotThere() {
    ScenarioResult result = run("kvms-own-pages");

    assertThat(Scene.verdict(result)).isEqualTo("clean");
    assertThat(faultsServedByTheHost(result)).isEqualTo(4);
    assertThat(writesThroughTheCache(result)).isEqualTo(3);
    assertThat(resolutions(result)).containsOnly(MachineFact.Resolution.SERVED);
  }

  @Test
  void shouldGoOnWithoutTheWriteWhenTheCachesPageWasTakenAway() {
    ScenarioResult result = run("kvms-own-pages-taken-away");

    assertThat(Scene.verdict(result)).isEqualTo("clean");
    assertThat(writesThroughTheCache(result)).isEqualTo(1);
    assertThat(facts(result, MachineFact.Denied.class)).hasSize(2);
    assertThat(resolutions(result)).filteredOn(MachineFact.Resolution.FAILED::equals)
        .as("both writes after the unmap").hasSize(2);
  }

  /** Before, the vCPU's thread looked for the page for ever. */
  @Test
  void shouldRunOnWithItsOldRegisterWhenTheApicPageWasTakenAway() {
    ScenarioResult result =
        Scene.run(
            pool,
            Scene.variant(
                Scene.shipped("36"), "kvms-own-pages-taken-away",
                "workload=[{cpu=cpu0,process=vmm,do=[\"spin-until 50us\",\"munmap apic\"]}]"),
            1, true);

    assertThat(writesThroughTheCache(result)).as("up to the guest's next access to the APIC")
        .isEqualTo(2);
    assertThat(resolutions(result)).contains(MachineFact.Resolution.FAILED);
    assertThat(result.outcome().endPs()).isLessThan(200_000_000L);
  }

  @Test
  void shouldAskForAThreadWhenGuestMemoryIsNotThereAndNobodyBringsItIn() {
    List<Problem> problems =
        Scene.problems(
            folder,
            "machine.parts = [ { name = cpu0, type = cpu }\n"
                + "{ name = vm0, type = kvm, process = vmm,"
                + " slots = [ { at = \"0x100000\", area = ram } ] } ]\n"
                + "processes = [ { name = vmm, areas = [ { name = ram, at = \"0x7f0000000000\","
                + " pages = 4, mapped = false } ] } ]\n");

    assertThat(problems).singleElement().extracting(Problem::line).asString()
        .contains("faults-on");
  }
}
