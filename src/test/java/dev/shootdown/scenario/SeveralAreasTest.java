package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.config.Problem;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One call over several areas: what happens once, and what for each of them. */
class SeveralAreasTest {
  private static final String MACHINE =
      """
      include classpath("profiles/two-socket-ats.conf")
      kernel { era = %s, arch = %s }
      files = [ { name = data } ]
      processes = [
        { name = app, devices = [nic0], areas = [
          { name = a, at = "0x7f0000000000", pages = 2 }
          { name = b, at = "0x7f0000004000", pages = 2 }
          { name = c, at = "0x7f0000200000", pages = 2 }
          { name = f, at = "0x7f0000400000", pages = 2, file = data } ] }
        { name = child, areas = [
          { name = a, at = "0x7f0000000000", pages = 2, mapped = false }
          { name = b, at = "0x7f0000004000", pages = 2, mapped = false }
          { name = c, at = "0x7f0000200000", pages = 2, mapped = false } ] }
      ]
      workload = [ { cpu = cpu0, process = app, do = ["touch a write", "touch b write", "%s"] } ]
      """;

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

  private static String text(String kernel, String call) {
    String[] words = kernel.split("/");
    return MACHINE.formatted(words[0], words[1], call);
  }

  /** The brackets, flushes and frees of the call, in short words and their order. */
  private List<String> run(String kernel, String call) {
    Scenario scenario = Scene.load(Scene.write(folder, text(kernel, call))).get(0).scenario();
    ScenarioResult result = Scene.run(pool, scenario, 1, true);
    assertThat(Scene.verdict(result)).isEqualTo("clean");
    List<String> words = new ArrayList<>();
    for (TraceLine line : result.trace()) {
      if (line.fact() instanceof MachineFact.BracketOpened opened) {
        words.add("start " + opened.range().pages());
      } else if (line.fact() instanceof MachineFact.BracketClosed) {
        words.add("end");
      } else if (line.fact() instanceof MachineFact.FlushBegan flush) {
        String range = flush.requested().isAll() ? "all" : "" + flush.requested().pages();
        words.add((flush.audience() == Audience.CPU ? "cpu " : "sec ") + range);
      } else if (line.fact() instanceof MachineFact.FramesFreed freed) {
        words.add("free " + freed.pfns().size());
      }
    }
    return words;
  }

  /** unmap_vmas: one bracket and one gather; arm64 flushes at each area's end (tlb_end_vma). */
  @Test
  void shouldUnmapThemWithOneBracketAndOneGather() {
    assertThat(run("B/x86", "munmap a,b")).containsExactly(
        "start 6", "sec 6", "end", "cpu 6", "sec 6", "free 4");
    assertThat(run("C/x86", "munmap a,b")).containsExactly(
        "start 6", "end", "cpu 6", "sec 6", "free 4");
    assertThat(run("B/arm64", "munmap a,b")).containsExactly(
        "start 6", "cpu 2", "sec 2", "cpu 2", "sec 2", "sec 6", "end", "free 4");
    assertThat(run("C/arm64", "munmap a,b,c")).containsExactly(
        "start 514", "cpu 2", "sec 2", "cpu 2", "sec 2", "cpu 2", "sec 2", "end", "free 6");
  }

  /** V areas, V flushes of secondary TLBs in era B and one in era C. */
  @Test
  void shouldForkThemWithABracketEachAndOneFlush() {
    assertThat(run("B/x86", "fork a,b,c into child")).containsExactly(
        "start 2", "sec 2", "end", "start 2", "sec 2", "end", "start 2", "sec 2", "end",
        "cpu all");
    assertThat(run("C/x86", "fork a,b,c into child")).containsExactly(
        "start 2", "end", "start 2", "end", "start 2", "end", "cpu all", "sec all");
  }

  @Test
  void shouldProtectThemWithABracketEachAndOneGather() {
    assertThat(run("C/x86", "mprotect a,b")).containsExactly(
        "start 2", "end", "start 2", "end", "cpu 6", "sec 6");
    assertThat(run("B/x86", "mprotect a,b")).containsExactly(
        "start 2", "sec 2", "end", "start 2", "sec 2", "end", "cpu 6", "sec 6");
  }

  @Test
  void shouldAdviseThemOneByOne() {
    assertThat(run("C/x86", "dontneed a,b")).containsExactly(
        "start 2", "end", "cpu 2", "sec 2", "free 2", "start 2", "end", "cpu 2", "sec 2",
        "free 2");
  }

  /** A dirty page of the file forces the flush, which is for the other area's pages as well. */
  @Test
  void shouldUnmapFilesAndAnonymousMemoryTogether() {
    assertThat(run("C/x86", "munmap c,f"))
        .containsExactly("start 514", "cpu 514", "sec all", "free 2", "end");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "munmap b,a | name areas in ascending order: 'a' comes before 'b'",
        "munmap a,a | name areas in ascending order",
        "munmap a,c | 'b' lies in between; a call takes all areas",
        "munmap a,nosuch | has no area 'nosuch'",
        "munmap a,b 0 1 | FIRST and COUNT are for a single area",
        "reclaim a,b | 'reclaim' takes a single area",
        "exit a,b | name all areas of the process",
      })
  void shouldRefuseWhatNoCallWouldTake(String call, String message) {
    assertThat(Scene.problems(folder, text("C/x86", call)))
        .extracting(Problem::message).anyMatch(each -> each.contains(message));
  }

  @Test
  void shouldRefuseTwoFilesWhereThePathGoesThroughOnesReverseMap() {
    String own =
        """

        paths.zap-all { title = "", site = none, steps = [
          "rmap-lock", "for-area", "pte-look", "end-area", "rmap-unlock" ] }
        """;
    assertThat(Scene.problems(folder, text("C/x86", "zap-all c,f") + own))
        .extracting(Problem::message)
        .anyMatch(each -> each.contains("c and f differ in their file"));
    assertThat(Scene.problems(folder, text("C/x86", "zap-all a,b") + own)).isEmpty();
  }
}
