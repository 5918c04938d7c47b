package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.shootdown.check.StaleUse;
import dev.shootdown.engine.SystemPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever breaks the software or the hardware on purpose has to be found out. */
class MutationTest {
  private static final String HEAD =
      "\"spend syscall\", \"mmap-w-lock\", \"spend unmap\", \"areas-remove\", \"gather-begin\","
          + " \"n-start\", \"for-group\", \"spend zap\", \"pte-clear\", \"end-group\", ";
  private static final String TAIL = ", \"gather-end\", \"mmap-w-unlock\"";
  private static SystemPool pool;

  @BeforeAll
  static void open() {
    pool = new SystemPool();
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  private static String munmap(String middle) {
    return "paths.munmap.steps=[" + HEAD + middle + TAIL + "]";
  }

  private static String verdict(String number, String... overrides) {
    return Scene.verdict(
        Scene.run(pool, Scene.load(Scene.shipped(number), overrides).get(0).scenario()));
  }

  /** The steps of a shipped path, to be broken. */
  private static List<String> steps(String path) {
    return new ArrayList<>(
        ConfigFactory.parseResources("paths.conf").getStringList(path + ".steps"));
  }

  private static String path(String name, List<String> steps) {
    return "paths." + name + ".steps=[" + steps.stream().map(step -> '"' + step + '"')
        .collect(Collectors.joining(", ")) + "]";
  }

  private static String without(String path, String step) {
    List<String> steps = steps(path);
    assertThat(steps.removeIf(step::equals)).as("%s has %s", path, step).isTrue();
    return path(path, steps);
  }

  private static String verdictOf(String number, String variant, String... overrides) {
    return Scene.verdict(
        Scene.run(pool, Scene.variant(Scene.shipped(number), variant, overrides)));
  }

  private static Set<StaleUse.Kind> kinds(ScenarioResult result) {
    return result.judgement().findings().stream()
        .flatMap(finding -> finding.staleUse().stream()).map(StaleUse::kind)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<StaleUse.Kind> kinds(String number, String variant, String... overrides) {
    return kinds(Scene.run(pool, Scene.variant(Scene.shipped(number), variant, overrides)));
  }

  @Test
  void shouldFindCowBreachWhenForkFlushesNobody() {
    assertThat(verdictOf("15", "era-c", path("fork", steps("fork")))).isEqualTo("clean");
    assertThat(verdictOf("15", "era-c", without("fork", "cpu-flush all")))
        .isEqualTo("cow-breach");
  }

  @Test
  void shouldFindCowBreachWhenACopyReplacesAPageThatADeviceHolds() {
    assertThat(verdictOf("15", "era-b", path("cow-break", steps("cow-break"))))
        .isEqualTo("clean");
    assertThat(verdictOf("15", "era-b", without("cow-break", "AB: sec-inv changed")))
        .isEqualTo("cow-breach");
  }

  /** Invariant I6: what the device writes after the comparison would be lost. */
  @Test
  void shouldFindCowBreachWhenKsmComparesBeforeDevicesAreFlushed() {
    List<String> early = steps("ksm-merge");
    List<String> compare = List.of("compare-content", "share ksm");
    early.removeAll(compare);
    early.addAll(early.indexOf("AB: sec-inv page"), compare);

    assertThat(verdictOf("12", "era-b", path("ksm-merge", steps("ksm-merge"))))
        .isEqualTo("clean");
    assertThat(kinds("12", "era-b", path("ksm-merge", early)))
        .containsAnyOf(
            StaleUse.Kind.WRITTEN_SINCE_MERGE, StaleUse.Kind.IN_FLIGHT_AT_COPY);
    assertThat(verdictOf("12", "era-b", path("ksm-merge", early))).isEqualTo("cow-breach");
  }

  /** Invariant I4, its first half: what the device writes since then is not in the copy. */
  @Test
  void shouldFindAWriteThatACopyMissesWhenMigrationCopiesBeforeDevicesAreFlushed(
      @TempDir Path folder) {
    String text = """
        include classpath("profiles/two-socket-ats.conf")
        processes = [ { name = app, devices = [nic0],
          areas = [ { name = a, at = "0x1000", pages = 1 } ] } ]
        kernel.era = B
        workload = [ { cpu = cpu0, process = app, do = [
          "touch a write", "spin-until 20us", "migrate a", "spin 20us" ] }
          { cpu = cpu3, serves = page-requests } ]
        tune.nic0.page-requests { capacity = 32, allocation = 32 }
        dma = [ { device = nic0, process = app, area = a, access = write, at = 5us,
          every = 300ns, count = 100 } ]
        """;
    List<String> early = steps("migrate");
    List<String> copy = List.of("page-alloc anon", "copy-content");
    early.removeAll(copy);
    early.addAll(early.indexOf("AB/-b: sec-inv page"), copy);
    Scenario right = Scene.load(Scene.write(folder, text)).get(0).scenario();
    assertThat(Scene.verdict(Scene.run(pool, right))).isEqualTo("clean");
    Scenario wrong =
        Scene.load(Scene.write(folder, text), path("migrate", early)).get(0).scenario();

    assertThat(kinds(Scene.run(pool, wrong)))
        .containsAnyOf(StaleUse.Kind.WRITTEN_SINCE_COPY, StaleUse.Kind.IN_FLIGHT_AT_COPY);
  }

  /** Invariant I8: a subscriber that forgets that a bracket is open. */
  @Test
  void shouldFindAFillInsideABracketWhenKvmDoesNotLookWhetherOneIsOpen() {
    assertThat(kinds("35", "right")).isEmpty();
    assertThat(kinds("35", "without-in-progress"))
        .contains(StaleUse.Kind.FILLED_IN_BRACKET);
  }

  @Test
  void shouldFindLostDirtyWhenWriteBackStartsBeforeAnybodyIsFlushed() {
    assertThat(verdictOf("14", "era-c", path("mkclean", steps("mkclean"))))
        .isEqualTo("clean");
    assertThat(verdictOf("14", "era-c", without("mkclean", "cpu-flush accessible")))
        .isEqualTo("lost-dirty");
  }

  @Test
  void shouldFindStaleUseWhenAMergedPageIsFreedBeforeAnybodyIsFlushed() {
    assertThat(verdictOf("12", "era-c", without("ksm-merge", "cpu-flush accessible")))
        .isEqualTo("stale-use");
  }

  /** No frame is freed too early here; only the promise of the system call is broken. */
  @Test
  void shouldFindStaleUseWhenMunmapReturnsBeforeTheCommit() {
    List<String> early = steps("munmap");
    early.remove("revoke all");
    early.add(early.indexOf("n-end"), "revoke all");
    assertThat(verdict("01", path("munmap", steps("munmap")))).isEqualTo("clean");
    assertThat(verdict("01", path("munmap", early))).isEqualTo("stale-use");
  }

  @Test
  void shouldBeCleanWhenTheMutantIsNoMutant() {
    assertThat(verdict("01", munmap("\"n-end\", \"gather-check\", \"commit\", \"page-free\"")))
        .isEqualTo("clean");
  }

  @Test
  void shouldFindStaleUseWhenMunmapNeverCommits() {
    assertThat(verdict("01", munmap("\"n-end\", \"gather-check\", \"page-free\"")))
        .isEqualTo("stale-use");
  }

  @Test
  void shouldFindStaleUseWhenPagesAreFreedBeforeTheCommit() {
    assertThat(verdict(
        "01", munmap("\"n-end\", \"page-free\", \"gather-check\", \"commit\"")))
        .isEqualTo("stale-use");
  }

  @Test
  void shouldFindStaleUseWhenEraBFlushesNoDevice() {
    String noDevice = munmap("\"n-end\", \"gather-check\", \"commit\", \"page-free\"");

    assertThat(verdict("01", "kernel.era=B")).isEqualTo("clean");
    assertThat(verdict("01", "kernel.era=B", noDevice)).isEqualTo("stale-use");
  }

  @Test
  void shouldFindStaleUseWhenADeviceAnswersBeforeItsTransfersAreOver() {
    String[] slow = {"tune.memory0.latency=20us", "tune.nic0.drain-before-completion=true"};
    String[] wrong = {"tune.memory0.latency=20us", "tune.nic0.drain-before-completion=false"};

    assertThat(verdict("01", slow)).isEqualTo("clean");
    assertThat(verdict("01", wrong)).isEqualTo("stale-use");
  }

  @Test
  void shouldFindStaleUseWhenADeviceRefillsFromTheIotlb() {
    String quick = "tune.nic0.invalidation-processing=1ns";
    String slow = "tune.iommu0.iotlb-invalidation=10us";

    assertThat(verdict("01", quick, slow)).isEqualTo("clean");
    assertThat(verdict("01", quick, slow, "tune.iommu0.device-tlb-after-iotlb=false"))
        .isEqualTo("stale-use");
  }

  /** A read's walk has read the entry just before it is cleared, and is late with its answer. */
  @Test
  void shouldFindStaleUseWhenAWalkOutlivesTheInvalidation(@TempDir Path folder) {
    String late = Scene.BASE + """
        wires.table-entry.latency.min = 10us
        workload = [ { cpu = cpu0, process = app, do = [
          "touch a write", "spin-until 5us", "munmap a", "spin 30us" ] } ]
        dma = [ { device = nic0, process = app, area = a, access = read, at = 4500ns,
          every = 5us, count = 4 } ]
        """;
    Scenario right = Scene.load(Scene.write(folder, late)).get(0).scenario();
    assertThat(Scene.verdict(Scene.run(pool, right))).isEqualTo("clean");
    Scenario wrong = Scene.load(
        Scene.write(folder, late + "tune.iommu0.drop-racing-walks = false\n"))
        .get(0).scenario();
    assertThat(Scene.verdict(Scene.run(pool, wrong))).isEqualTo("stale-use");
  }

  /** No device at all: the CPU's own stale entry is used after the free. */
  @Test
  void shouldFindStaleUseWhenAnotherCpuIsNotFlushed(@TempDir Path folder) {
    String text = """
        include classpath("profiles/two-socket-ats.conf")
        processes = [ { name = app, areas = [ { name = a, at = "0x1000", pages = 1 } ] } ]
        workload = [
          { cpu = cpu0, process = app, do = ["spin-until 5us", "dontneed a", "spin 5us"] }
          { cpu = cpu1, process = app, do = ["repeat 50 touch a read; spin 200ns"] }
        ]
        """;
    Scenario right = Scene.load(Scene.write(folder, text)).get(0).scenario();
    assertThat(Scene.verdict(Scene.run(pool, right))).isEqualTo("clean");
    Scenario wrong = Scene.load(
        Scene.write(folder, text), "paths.dontneed.steps=[\"mmap-r-lock\", \"gather-begin\","
            + "\"for-group\", \"pte-clear\", \"end-group\", \"page-free\", \"gather-end\","
            + "\"mmap-r-unlock\"]").get(0).scenario();
    assertThat(Scene.verdict(Scene.run(pool, wrong))).isEqualTo("stale-use");
  }

  /** Bug 3b with the order of the fix, and without: the flush under the page-table lock. */
  @Test
  void shouldFindStaleUseWhenMremapFlushesAfterTheTableIsUnlocked() {
    String steps = "paths.mremap.steps=[\"spend syscall\", \"mmap-w-lock\", \"spend move\","
        + "\"n-start\", \"for-group\", \"pte-move keep-lock\", %s, \"end-group\","
        + "\"n-end\", \"areas-move\", \"mmap-w-unlock\"]";
    String right = String.format(
        steps, "\"cpu-flush changed-with-tables\", \"ptl-unlock\", \"spend move\"");
    String wrong = String.format(
        steps, "\"ptl-unlock\", \"spend move\", \"cpu-flush changed-with-tables\"");

    Path third = Scene.shipped("03");
    assertThat(Scene.verdict(Scene.run(pool, Scene.variant(third, "era-c", right))))
        .isEqualTo("clean");
    assertThat(Scene.verdict(Scene.run(pool, Scene.variant(third, "era-c", wrong))))
        .isEqualTo("stale-use");
  }

  /** In era B, too, a gather that is full frees pages that no device may still hold. */
  @Test
  void shouldBeCleanWhenAGatherIsFull(@TempDir Path folder) {
    String text = """
        include classpath("profiles/two-socket-ats.conf")
        processes = [ { name = app, devices = [nic0],
          areas = [ { name = a, at = "0x0", pages = 10500 } ] } ]
        workload = [
          { cpu = cpu0, process = app, do = ["spin-until 5us", "munmap a"] } ]
        dma = [ { device = nic0, process = app, area = a, access = read, at = 1us,
          every = 1us, count = 1000 } ]
        """;
    for (String era : List.of("B", "C")) {
      Scenario scenario =
          Scene.load(Scene.write(folder, text), "kernel.era=" + era).get(0).scenario();
      ScenarioResult result = Scene.run(pool, scenario);
      assertThat(Scene.verdict(result)).as("era %s", era).isEqualTo("clean");
      assertThat(result.judgement().gaps()).isEmpty();
    }
  }
}
