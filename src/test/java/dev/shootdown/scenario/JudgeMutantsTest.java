package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.Court;
import dev.shootdown.check.Finding;
import dev.shootdown.check.Judgement;
import dev.shootdown.check.Standstill;
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
import org.junit.jupiter.params.provider.CsvSource;

/** Judges that no other mutant makes speak: one rule is broken, and what was clean no longer is. */
class JudgeMutantsTest {
  private static SystemPool pool;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    pool = new SystemPool();
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  private static String verdict(String exhibit, String variant, String... overrides) {
    Path file = Path.of("scenarios/museum", exhibit);
    return Scene.verdict(Scene.run(pool, Scene.variant(file, variant, overrides)));
  }

  /** Invariant I2: khugepaged frees a page-table page of which the IOMMU was not told. */
  @Test
  void shouldFindAStaleWalkWhenNobodyTellsTheIommuOfAFreedTable() {
    String steps = "paths.retract.steps=[\"spend collapse\", \"rmap-lock\","
        + "\"n-start CLEAR group\", \"pmd-clear keep-lock\","
        + "\"cpu-flush changed-with-tables\", \"rmap-del\", \"ptl-unlock\","
        + "%s\"n-end\", \"page-free captured\", \"table-free\", \"rmap-unlock\"]";
    String exhibit = "13-khugepaged.conf";

    assertThat(verdict(exhibit, "bracket", steps.formatted("\"AB: sec-inv group\", ")))
        .isEqualTo("clean");
    assertThat(verdict(exhibit, "bracket", steps.formatted(""))).isEqualTo("stale-walk");
  }

  /** Invariants I1 and I9 of PASIDs: the number goes to another process. */
  @ParameterizedTest
  @CsvSource({
      "'\"pasid-flush\", \"prq-drain\", \"pasid-flush\", ', clean",
      "'\"pasid-flush\", ', protocol-breach",
      "'\"prq-drain\", ', stale-use"})
  void shouldFindWhatIsLeftInAPasidWhenItIsGivenToAnother(String steps, String expected) {
    assertThat(verdict("15-pasid-reuse.conf", "drained",
        "paths.sva-unbind.steps=[\"spend syscall\", \"pasid-clear\", " + steps
            + "\"pasid-free\"]")).isEqualTo(expected);
  }

  private ScenarioResult twoCpus(String trouble) {
    return Scene.run(pool, Scene.load(Scene.write(folder, """
        include classpath("profiles/two-socket-ats.conf")
        processes = [ { name = app, devices = [nic0],
          areas = [ { name = a, at = "0x1000", pages = 1 } ] } ]
        workload = [
          { cpu = cpu0, process = app,
            do = ["touch a write", "spin 40us", "munmap a", "signal gone"] }
          { cpu = cpu1, process = app, do = ["wait gone", "spin 1us"] } ]
        dma = [ { device = nic0, process = app, area = a, access = write, at = 5us } ]
        trouble = [%s]
        """.formatted(trouble))).get(0).scenario());
  }

  private static String trouble(String action) {
    return "{ wire = \"nic0 -> iommu0\", message = InvalidateCompletion, nth = 1, action = "
        + action + " }";
  }

  /** Invariant I10: one waits within its operation, and for that one another between two. */
  @Test
  void shouldFindTheCpuThatWaitsForOneThatHangs() {
    assertThat(Scene.verdict(twoCpus(""))).isEqualTo("clean");
    List<Finding> findings = twoCpus(trouble("drop")).judgement().findings();

    assertThat(findings).extracting(finding -> finding.standstill().orElseThrow().wanted())
        .hasSize(2)
        .anyMatch(wanted -> wanted instanceof Standstill.Operation hangs
            && hangs.component().equals("cpu0"))
        .anyMatch(wanted -> wanted instanceof Standstill.Work waits
            && waits.component().equals("cpu1"));
  }

  @Test
  void shouldFindABreachWhenADeviceAnswersTwice() {
    assertThat(Scene.verdict(twoCpus(trouble("duplicate")))).isEqualTo("protocol-breach");
  }

  /** Invariant I11: a CPU that forgets to book a stretch of its operation. */
  @Test
  void shouldFindAGapInTheLedgerWhenAStretchIsNotBooked() {
    List<TraceLine> lines =
        Scene.run(pool, Scene.load(Scene.shipped("01")).get(0).scenario(), 1, true).trace();
    List<TraceLine> booked = lines.stream()
        .filter(line -> line.fact() instanceof MachineFact.Booked it
            && it.untilPs() > it.fromPs()).toList();
    assertThat(judged(lines).gaps()).isEmpty();

    for (TraceLine forgotten : booked) {
      List<TraceLine> mutant = new ArrayList<>(lines);
      mutant.remove(forgotten);
      assertThat(judged(mutant).gaps()).as("%s", forgotten).isNotEmpty();
    }
    assertThat(booked).hasSizeGreaterThan(5);
  }

  private static Judgement judged(List<TraceLine> lines) {
    Court court = new Court();
    lines.forEach(line -> court.seen(line.atPs(), line.component(), line.fact()));
    return court.judgement();
  }
}
