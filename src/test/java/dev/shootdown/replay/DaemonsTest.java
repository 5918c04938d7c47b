package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.SystemPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonsTest {
  private static final SystemPool POOL = new SystemPool();
  private static final String HUGE = "e";
  private static final String MERGEABLE = "c";
  private static final String UNMERGEABLE = "d";
  /** Two threads of process 1; the first has three pages of a block of 2 MiB. */
  private static final List<String> TWO_THREADS = List.of(
      one(10, write("0x200000", false)), one(12, write("0x201000", false)),
      one(14, write("0x202000", false)),
      " b-2 (  1) [001] ..... 1.000020: page_fault_user: address=0x900000 ip=0x9 error_code=0x6");

  /** Until then the second thread's CPU is busy. */
  private static final String LAST =
      " b-2 (  1) [001] ..... 1.000990: page_fault_user: address=0x901000 ip=0x9 error_code=0x6";

  @TempDir Path directory;

  @AfterAll
  static void close() {
    POOL.close();
  }

  private static String one(int atUs, String body) {
    return String.format(" a-1 (  1) [000] ..... 1.%06d: %s", atUs, body);
  }

  private static String write(String page, boolean present) {
    return "page_fault_user: address=" + page + " ip=0x9 error_code=" + (present ? "0x7" : "0x6");
  }

  private static String advise(int atUs, String behavior) {
    return one(atUs, "sys_madvise(start: 0x200000, len_in: 0x200000, behavior: 0x" + behavior + ")")
        + "\n" + one(atUs + 1, "sys_madvise -> 0x0");
  }

  private static String daemon(int atUs, String comm, String body) {
    return String.format(" %s-50 ( 50) [000] ..... 1.%06d: %s", comm, atUs, body);
  }

  private static String collapse(int atUs, String mm, String status) {
    return daemon(
        atUs, "khugepaged", "mm_collapse_huge_page: mm=" + mm + ", isolated=1, status=" + status);
  }

  private static String merge(int atUs, boolean intoShared) {
    return daemon(
        atUs, "ksmd", "ksm_merge_with_ksm_page: " + (intoShared ? "ksm " : "")
            + "pfn 33 rmap_item 00000000aa mm 00000000bb error 0");
  }

  private static List<String> flush(int atUs, String comm, int pages, int csd) {
    return List.of(
        daemon(atUs, comm, "tlb_flush: pages:" + pages + " reason:remote ipi send (4)"),
        daemon(atUs + 1, comm, "csd_queue_cpu: cpu=1 callsite=f+0x1/0x2 func=flush_tlb_func csd=0x"
            + csd));
  }

  private Recording recording(List<String> more) {
    List<String> lines = new ArrayList<>(TWO_THREADS);
    lines.addAll(more);
    lines.add(LAST);
    return Traces.read(directory, lines.toArray(String[]::new));
  }

  private Comparison replayed(List<String> more) {
    return new Replay(POOL, ReplayMachine.profile("guest-2vcpu-traced", List.of()))
        .compare("t", recording(more));
  }

  private static Comparison.Row row(Comparison comparison, String operation) {
    return comparison.rows().stream()
        .filter(row -> row.operation().equals(operation) && row.pages() == 0)
        .findFirst().orElseThrow();
  }

  @Test
  void shouldCollapseTheAdvisedBlockOfTheOnlySpaceThatHasOne() {
    List<String> lines = new ArrayList<>(List.of(advise(40, HUGE)));
    lines.addAll(flush(58, "khugepaged", -1, 1));
    lines.add(collapse(90, "00000000ab", "succeeded"));
    lines.add(collapse(190, "00000000ab", "succeeded"));
    lines.add(collapse(290, "00000000ab", "scan_exceed_none_pte"));
    Comparison comparison = replayed(lines);
    Comparison.Row row = row(comparison, "khugepaged");
    assertThat(row.count()).isEqualTo(1);
    assertThat(row.recorded().ipis()).as("before its line").isEqualTo(1);
    assertThat(row.simulated().ipis()).isEqualTo(1);
    assertThat(comparison.remarks()).contains("1 mm_collapse_huge_page not replayed: no address"
        + " space, or more than one, is known to have asked for it");
    assertThat(comparison.simulated().verdict()).isEqualTo("clean");
  }

  @Test
  void shouldNotGuessWhenTwoSpacesHaveAskedForHugePages() {
    Comparison comparison = replayed(List.of(
        advise(40, HUGE),
        " z-7 (  7) [001] ..... 1.000050: page_fault_user: address=0x400000 ip=0x9 error_code=0x6",
        " z-7 (  7) [001] ..... 1.000060: sys_madvise(start: 0x400000, len_in: 0x200000,"
            + " behavior: 0xe)",
        " z-7 (  7) [001] ..... 1.000062: sys_madvise -> 0x0",
        collapse(90, "00000000ab", "succeeded")));
    assertThat(comparison.rows()).noneMatch(row -> row.operation().equals("khugepaged"));
    assertThat(comparison.remarks()).anyMatch(
        remark -> remark.startsWith("1 mm_collapse_huge_page not replayed"));
  }

  /** The first page of a shared frame loses a right, each further one its frame as well. */
  @Test
  void shouldFlushOnceOrTwiceForEachMergedPage() {
    List<String> lines = new ArrayList<>(List.of(advise(40, MERGEABLE)));
    lines.addAll(flush(58, "ksmd", 1, 1));
    lines.add(merge(70, false));
    lines.addAll(flush(158, "ksmd", 1, 2));
    lines.addAll(flush(168, "ksmd", 1, 3));
    lines.add(merge(180, true));
    Comparison comparison = replayed(lines);
    Comparison.Row row = row(comparison, "ksm");
    assertThat(row.count()).isEqualTo(2);
    assertThat(row.recorded().ipis()).isEqualTo(3);
    assertThat(row.simulated().ipis()).isEqualTo(3);
    assertThat(comparison.simulated().verdict()).isEqualTo("clean");
  }

  @Test
  void shouldCopyAMergedPageWhenItIsWrittenAndTheRestWhenTheAdviceIsTakenBack() {
    Comparison comparison = replayed(List.of(
        advise(40, MERGEABLE), merge(70, false),
        merge(170, true), merge(270, true),
        one(400, write("0x200000", true)), advise(500, UNMERGEABLE), advise(900, UNMERGEABLE)));
    assertThat(row(comparison, "ksm").simulated().ipis()).isEqualTo(5);
    assertThat(row(comparison, "cow-break").simulated().ipis()).isEqualTo(1);
    assertThat(row(comparison, "unmerge").simulated().ipis()).as("two are left").isEqualTo(2);
    assertThat(row(comparison, "unmerge").count()).isEqualTo(1);
  }

  @Test
  void shouldReplayTheSameAfterAnExport() throws IOException {
    Recording recording = recording(List.of(
        advise(30, HUGE), advise(40, MERGEABLE), merge(70, false),
        merge(80, true), collapse(290, "00000000ab", "succeeded")));
    Replay replay = new Replay(POOL, ReplayMachine.profile("guest-2vcpu-traced", List.of()));
    StringBuilder text = new StringBuilder();
    TraceExport.write(text, "t", recording);
    Path copy = Files.writeString(directory.resolve("copy.txt"), text);
    assertThat(text).contains(
        "mm_collapse_huge_page: mm=ab", "_page: pfn 33 rmap", "_page: ksm pfn 33 rmap");
    assertThat(replay.fingerprint("t", TraceReader.read(copy)))
        .isEqualTo(replay.fingerprint("t", recording));
  }
}
