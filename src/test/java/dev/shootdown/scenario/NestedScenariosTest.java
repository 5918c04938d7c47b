package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.check.StaleUse;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.protocol.Ats;
import dev.shootdown.trace.MachineFact;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What scenario 73 shows beyond its verdicts: a guest's table before KVM's. */
class NestedScenariosTest {
  private static SystemPool pool;

  @BeforeAll
  static void open() {
    pool = new SystemPool();
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  private static Scenario scenario(String variant, String... overrides) {
    return Scene.variant(Scene.shipped("73"), variant, overrides);
  }

  private static ScenarioResult run(String variant, String... overrides) {
    return Scene.run(pool, scenario(variant, overrides), 1, true);
  }

  private static long count(ScenarioResult result, String part, Predicate<Fact> which) {
    return result.trace().stream()
        .filter(line -> line.component().equals(part) && which.test(line.fact())).count();
  }

  private static StaleUse told(ScenarioResult result) {
    return result.judgement().told().orElseThrow().staleUse().orElseThrow();
  }

  @Test
  void shouldComeToTheExpectedVerdictWithAClosedLedgerOnTwoWorkersAsWell() {
    for (Variant variant : Scene.load(Scene.shipped("73"))) {
      ScenarioResult result = Scene.run(pool, variant.scenario());

      assertThat(Scene.verdict(result)).as(variant.id(1))
          .isEqualTo(variant.scenario().expect());
      assertThat(result.judgement().gaps()).as(variant.id(1)).isEmpty();
      assertThat(result.judgement().unfinished()).as(variant.id(1)).isEmpty();
      Scene.assertSame(Scene.run(pool, variant.scenario(), 2, true), result, variant.id(1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"as-linux", "combined-named", "direct-queue"})
  void shouldStayCleanWhenItIsDoneRightWhateverTheSeed(String right) {
    for (int seed = 1; seed <= 5; seed++) {
      ScenarioResult result =
          run(right, "run.seed=" + seed, "run.tie-order=\"seed " + seed + "\"");

      assertThat(Scene.verdict(result)).as("%s, seed %d", right, seed).isEqualTo("clean");
    }
  }

  @Test
  void shouldReadAllOfBothTables() {
    ScenarioResult result = run("as-linux");

    assertThat(result.trace()).extracting(TraceLine::fact)
        .filteredOn(MachineFact.StagesJoined.class::isInstance)
        .extracting(fact -> ((MachineFact.StagesJoined) fact).reads())
        .isNotEmpty().containsOnly((4 + 1) * (4 + 1) - 1);
  }

  @Test
  void shouldDropTheWholeDeviceCacheForTheHostAndOnePageForTheGuest() {
    ScenarioResult result = run("as-linux");

    assertThat(result.trace()).extracting(TraceLine::fact)
        .filteredOn(MachineFact.InvalidationTaken.class::isInstance)
        .extracting(fact -> ((MachineFact.InvalidationTaken) fact).range())
        .containsExactly(PageRange.ALL, PageRange.of(1));
  }

  @Test
  void shouldSayWhichStageChangedWhenADeviceKeepsWhatBothMade() {
    StaleUse hosts = told(run("devices-not-told"));
    StaleUse guests = told(run("direct-queue-alone"));

    assertThat(hosts.cover().place().orElseThrow().stage()).isEqualTo(2);
    assertThat(hosts.change().orElseThrow().component()).isEqualTo("vmm.pt");
    assertThat(guests.cover().place().orElseThrow().stage()).isEqualTo(1);
    assertThat(guests.change().orElseThrow().component()).isEqualTo("guest0");
    assertThat(hosts.isUntold() && guests.isUntold()).isTrue();
  }

  /** No frame is freed: what the host takes away is the right to write. */
  @Test
  void shouldBeFoundWhenTheDeviceKeepsARightThatTheHostTookAway() {
    String protect =
        "workload=[{cpu=cpu0,process=vmm,do=[\"spin-until 30us\",\"mprotect ram\"]}]";

    String until = "run.until=120us"; // a device that may not write asks for the page for ever

    assertThat(run("as-linux", protect, until).judgement().findings())
        .noneMatch(found -> found.staleUse().isPresent());
    ScenarioResult untold = run("devices-not-told", protect, until);
    assertThat(Scene.verdict(untold)).isEqualTo("stale-use");
    assertThat(told(untold).kind()).isSameAs(StaleUse.Kind.USED_AFTER_RETURN);
    assertThat(told(untold).cover().place().orElseThrow().stage()).isEqualTo(2);
  }

  /** Walks that read either table too early: the judge must not be fooled by the other one. */
  @Test
  void shouldBeFoundWhenAWalkKeepsWhatEitherStageHadBefore() {
    String slow = "machine.wires=[{from=%s,to=iommu0,kind=table-entry,"
        + "latency{kind=constant,min=9us}}]";
    String racing = "tune.iommu0.drop-racing-walks=false";
    String early = "tune.gpu0.dma=[{iova=\"0x1000\",access=read,at=%s,count=40,every=500ns}]";
    ScenarioResult host =
        run("as-linux", slow.formatted("vm0"), racing, early.formatted("23us"),
            "tune.iommu0.nested.stage-two-entries=0", "tune.vcpu0.do=[\"touch 0x200 write\"]");
    ScenarioResult guest =
        run("as-linux", slow.formatted("guest0"), racing, early.formatted("57us"),
            "workload=[{cpu=cpu0,process=vmm,do=[\"spin 1us\"]}]",
            "tune.vcpu0.do=[\"touch 0x200 write\"]");

    assertThat(Scene.verdict(host)).isEqualTo("stale-use");
    assertThat(told(host).cover().place().orElseThrow().stage()).isEqualTo(2);
    assertThat(Scene.verdict(guest)).isEqualTo("stale-use");
    assertThat(told(guest).cover().place().orElseThrow().stage()).isEqualTo(1);
  }

  @Test
  void shouldLeaveTheGuestAloneWhenOnlyTheSecondStageFails() {
    ScenarioResult result = run("as-linux");

    assertThat(count(result, "gpu0", MachineFact.PageRequested.class::isInstance)).isPositive();
    assertThat(
        count(
            result, "gpu0",
            fact -> fact instanceof MachineFact.PageAnswered said && said.code() == Ats.SUCCESS))
        .isPositive();
  }

  @Test
  void shouldRefuseThePageWhenTheGuestsOwnTableHasNone() {
    ScenarioResult result =
        run("as-linux", "tune.gpu0.dma=[{iova=\"0x9000\",access=read,at=9us}]",
            "tune.vcpu0.do=[]");

    assertThat(Scene.verdict(result)).isEqualTo("clean");
    assertThat(
        count(
            result, "gpu0",
            fact -> fact instanceof MachineFact.PageAnswered said
                && said.code() == Ats.INVALID_REQUEST))
        .isEqualTo(1);
    assertThat(count(result, "vm0", MachineFact.Filled.class::isInstance))
        .as("KVM mapped nothing").isZero();
  }

  @Test
  void shouldTakeLessTimeWhenTheGuestsQueueIsReadByHardware() {
    long trappedPs = unmapPs(run("as-linux"));
    long directPs = unmapPs(run("direct-queue"));

    assertThat(trappedPs - directPs).as("an exit and an entry at least").isGreaterThan(5_000_000);
  }

  private static long unmapPs(ScenarioResult result) {
    return result.judgement().rows().stream().filter(row -> row.kind().equals("unmap"))
        .mapToLong(row -> row.elapsedPs()).sum();
  }

  private static final String MACHINE =
      """
      processes = [ { name = vmm, areas = [ { name = ram, at = "0x7f0000000000", pages = 4 } ] } ]
      machine.parts = [
        { name = cpu0, type = cpu }
        { name = vm0, type = kvm, process = vmm, slots = [ { at = "0x200000", area = ram } ] }
        { name = vcpu0, type = vcpu, vm = vm0 }
      """;

  private static List<String> problems(Path folder, String parts) {
    return Scene.problems(folder, MACHINE + parts + "]\n").stream()
        .map(problem -> problem.line()).toList();
  }

  @Test
  void shouldNameWhatCantBeSaidOfTwoStages(@TempDir Path folder) {
    assertThat(
        problems(
            folder,
            """
            { name = iommu0, type = kvm-iommu, vm = vm0, walk-cache.entries = 4 }
            { name = guest0, type = nested-guest, iommu = iommu0, frames = "0x202000"
              do = ["map 0x1000 3", "dma gpu0 0x1000 read"] }
            { name = guest1, type = nested-guest, iommu = iommu0, frames = "0x200010" }
            { name = gpu0, type = assigned-device, iommu = iommu0
              dma = [ { gfn = "0x200", access = read, at = 1us } ] }
            """))
        .anyMatch(line -> line.contains("a paging-structure cache of walks in two stages"))
        .anyMatch(line -> line.contains("the guest's pages from 0x202 to 0x204, and there is no"))
        .anyMatch(line -> line.contains("this guest has no device 'gpu0'"))
        .anyMatch(line -> line.contains("there is one guest table before KVM's, not two"))
        .anyMatch(line -> line.contains("frames start at a page"))
        .anyMatch(line -> line.contains("write iova in place of gfn"))
        .allMatch(line -> line.startsWith("bad.conf:"));
  }

  @Test
  void shouldRefuseWhatIsAboutTwoStagesWhereThereIsOne(@TempDir Path folder) {
    assertThat(
        problems(
            folder,
            """
            { name = iommu0, type = kvm-iommu, vm = vm0, nested.read = 9ns
              domain.nested.combined = true }
            { name = gpu0, type = assigned-device, iommu = iommu0
              dma = [ { iova = "0x1008", access = read, at = 1us } ] }
            """))
        .anyMatch(line -> line.contains("].nested: nested is about a nested-guest, and there"))
        .anyMatch(line -> line.contains("].domain: domain.nested is about a nested-guest"))
        .anyMatch(line -> line.contains("a transfer starts at a page"))
        .anyMatch(line -> line.contains("an iova needs a nested-guest"));
  }
}
