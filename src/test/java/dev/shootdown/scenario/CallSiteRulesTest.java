package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Change;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which kernel has which call site, and what a page's kind makes of it. */
class CallSiteRulesTest {
  private static final String MACHINE =
      """
      include classpath("profiles/two-socket-ats.conf")
      kernel { era = %s, arch = %s, costs { page-alloc = 1ns, page-free = 1ns } }
      processes = [
        { name = app, areas = [
          { name = a, at = "0x7f0000000000", pages = 2 }
          { name = b, at = "0x7f0000002000", pages = 2 }
          { name = h, at = "0x7f0040000000", pages = 512, huge = true, state = %s } ] }
        { name = child, areas = [
          { name = h, at = "0x7f0040000000", pages = 512, huge = true, state = %3$s
            mapped = false } ] }
      ]
      workload = [ { cpu = cpu0, process = app, do = [%s] } ]
      """;

  @TempDir private Path folder;

  private static String machine(String kernel, String state, String work) {
    String[] words = kernel.split("/");
    return MACHINE.formatted(words[0], words[1], state, work);
  }

  private ScenarioResult run(String kernel, String state, String work) {
    Scenario scenario =
        Scene.load(Scene.write(folder, machine(kernel, state, work))).get(0).scenario();
    try (SystemPool pool = new SystemPool()) {
      ScenarioResult result = Scene.run(pool, scenario, 1, true);
      assertThat(Scene.verdict(result)).isEqualTo("clean");
      return result;
    }
  }

  private static <F extends MachineFact> List<F> facts(ScenarioResult result, Class<F> type) {
    return result.trace().stream().map(TraceLine::fact).filter(type::isInstance).map(type::cast)
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "A/x86, oom-reap a, 'oom-reap' has no steps in era A on x86",
    "A/x86, hugetlb-unshare h, 'hugetlb-unshare' has no steps in era A on x86",
    "B/x86, 'uffd-wp a,b', 'uffd-wp' takes a single area",
    "B/riscv, gup-fast a, 'gup-fast' turns interrupts off"
  })
  void shouldRefuseWhatThatKernelLacks(String kernel, String call, String because) {
    assertThat(Scene.problems(folder, machine(kernel, "plain", "\"" + call + "\"")))
        .singleElement().satisfies(
            problem -> assertThat(problem.toString()).contains(because, ".conf:"));
  }

  @ParameterizedTest
  @CsvSource({"populate h, pte-populate", "reclaim h, pte-swap", "huge-split h, pmd-split"})
  void shouldRefuseToSplitOrSwapHugetlb(String call, String step) {
    assertThat(Scene.problems(folder, machine("B/x86", "hugetlb", "\"" + call + "\"")))
        .singleElement().satisfies(
            problem -> assertThat(problem.toString())
                .contains("'h' is hugetlb", "'" + step + "'"));
  }

  @Test
  void shouldRefuseHugetlbPagesThatAreNotHuge() {
    String text =
        """
        include classpath("profiles/two-socket-ats.conf")
        processes = [ { name = app, areas = [
          { name = a, at = "0x7f0000000000", pages = 2, state = hugetlb } ] } ]
        """;

    assertThat(Scene.problems(folder, text)).singleElement().satisfies(
        problem -> assertThat(problem.toString()).contains("huge = true"));
  }

  /** mwriteprotect_range: 6.12 goes from area to area. */
  @Test
  void shouldProtectSeveralAreasOneByOneForUserfaultfdSinceEraC() {
    ScenarioResult result = run("C/x86", "plain", "\"touch a write\", \"uffd-wp a,b\"");

    assertThat(facts(result, MachineFact.BracketOpened.class)).hasSize(2);
  }

  @Test
  void shouldCopyAWholePageWhenSharedHugetlbIsWrittenAndSplitItOtherwise() {
    String work = "\"touch h 0 1 write\", \"fork+h h into child\", \"touch h 7 1 write\"";
    ScenarioResult whole = run("B/x86", "hugetlb", work);
    ScenarioResult parts = run("B/x86", "plain", work);

    assertThat(facts(whole, MachineFact.CopyBegan.class)).singleElement()
        .satisfies(copy -> assertThat(copy.page() % 512).isZero());
    assertThat(facts(whole, MachineFact.PtesChanged.class))
        .filteredOn(change -> change.change() == Change.CLEARED)
        .allMatch(change -> change.pages().size() == 512);
    assertThat(facts(parts, MachineFact.CopyBegan.class)).singleElement()
        .satisfies(copy -> assertThat(copy.page() % 512).isEqualTo(7));
  }

  /** migrate_vma_collect: one bracket, and one flush under the lock of each page-table page. */
  @ParameterizedTest
  @CsvSource({"migrate, 2, 2", "migrate+d, 1, 1"})
  void shouldFlushAGroupAtOnceWhenPagesGoToADevice(String path, int brackets, int flushes) {
    ScenarioResult result =
        run("B/x86", "plain", "\"touch a write\", \"" + path + " a\", \"touch a write\"");

    assertThat(facts(result, MachineFact.BracketOpened.class)).hasSize(brackets);
    assertThat(facts(result, MachineFact.FlushBegan.class))
        .filteredOn(flush -> flush.audience() == MachineFact.Audience.CPU).hasSize(flushes);
    assertThat(facts(result, MachineFact.CopyBegan.class)).hasSize(2);
  }

  /** dd2283f2605e: a fault elsewhere needn't wait until the entries are gone. */
  @ParameterizedTest
  @CsvSource({"A, true", "B, false", "C, false"})
  void shouldKeepOthersOutOfMmapLockWhileEntriesGoUpToEraA(String era, boolean waits) {
    String text =
        machine(era + "/x86", "plain", "\"touch a write\", \"spin-until 20us\", \"munmap a\"")
            .replace("costs {", "costs { zap = 30us,")
            .replace(
                "workload = [",
                "workload = [ { cpu = cpu2, process = app,"
                    + " do = [\"spin-until 30us\", \"dontneed b\"] }, ");
    Scenario scenario = Scene.load(Scene.write(folder, text)).get(0).scenario();
    try (SystemPool pool = new SystemPool()) {
      ScenarioResult result = Scene.run(pool, scenario, 1, true);
      long longestWaitPs = result.trace().stream()
          .filter(line -> line.fact() instanceof MachineFact.LockTaken lock
              && lock.lock().equals("app.mm"))
          .mapToLong(line -> line.atPs() - ((MachineFact.LockTaken) line.fact()).askedAtPs())
          .max().orElseThrow();
      assertThat(longestWaitPs > 10_000_000).isEqualTo(waits);
    }
  }
}
