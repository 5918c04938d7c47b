package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceCheckTest {
  @TempDir Path directory;

  private static final String UNMAP =
      " dma-9 [000] 1.000001: unmap: IOMMU: iova=0x10000 - 0x12000 size=8192 unmapped_size=8192";
  private static final String MAP =
      " dma-9 [000] 1.000009: map: IOMMU: iova=0x11000 - 0x13000 paddr=0x9000 size=8192";

  private TraceCheck.Result check(String... lines) {
    return TraceCheck.of(Traces.read(directory, lines));
  }

  @ParameterizedTest
  @CsvSource({"ping-munmap, 150", "ping-dontneed, 100", "mremap, 200", "compact, 400",
      "cow-threads, 0", "jvm-g1, 0", "kvm-notifier, 0", "make-j2, 0", "pageout-file, 0",
      "ping-dontneed-contended, 5", "sqlite-mmap, 0", "thp-split, 5"})
  void shouldFindNothingWhenARealKernelWasRecorded(String name, long judgedMin) {
    TraceCheck.Result result = TraceCheck.of(Traces.readShipped(name + ".trace-cmd"));
    assertThat(result.findings()).isEmpty();
    assertThat(result.isViolation()).isFalse();
    assertThat(result.judged()).isGreaterThanOrEqualTo(judgedMin);
  }

  @Test
  void shouldFindTheMissingFlushWhenItsLinesAreCutOut() throws IOException {
    List<String> lines = lines("ping-munmap.trace-cmd");
    int enter = indexOf(lines, 0, "sys_enter_munmap: ", "0x00008000");
    int exit = indexOf(lines, enter, "sys_exit_munmap", "");
    List<String> broken = new ArrayList<>(lines.subList(0, enter + 1));
    broken.addAll(lines.subList(exit, lines.size()));
    TraceCheck.Result result = check(broken.toArray(new String[0]));
    assertThat(result.isViolation()).isTrue();
    assertThat(result.findings()).singleElement().satisfies(finding -> {
      assertThat(finding.kind()).isEqualTo(TraceCheck.Kind.FLUSH_MISSING);
      assertThat(finding.line()).isEqualTo(enter + 1);
      assertThat(finding.text()).startsWith("munmap of 8 pages at 0x").contains("CPU [1]");
    });
  }

  @Test
  void shouldNameTheLineWhenNoFlushFollowsADowngrade() {
    TraceCheck.Result result = sample("check-flush-missing.txt");
    assertThat(result.judged()).isEqualTo(2);
    assertThat(result.findings()).singleElement().satisfies(finding -> {
      assertThat(finding.kind()).isEqualTo(TraceCheck.Kind.FLUSH_MISSING);
      assertThat(finding.line()).isEqualTo(15);
      assertThat(finding.text()).contains("mprotect of 1 pages at 0x7f0000002000")
          .contains("cpu1 could still write");
    });
    assertThat(result.isViolation()).isTrue();
  }

  @Test
  void shouldNameTheLineWhenAnInvalidationOverlapsAFill() {
    TraceCheck.Result result = sample("check-fill-overlapped.txt");
    assertThat(result.findings()).extracting(TraceCheck.Finding::kind, TraceCheck.Finding::line)
        .containsExactly(tuple(TraceCheck.Kind.FAULT_IN_FLIGHT, 8),
            tuple(TraceCheck.Kind.FILL_OVERLAPPED, 16));
    assertThat(result.findings().get(1).text()).contains("page 0x7f0000009")
        .contains("asked for at line 14");
    assertThat(result.isViolation()).isFalse();
  }

  @Test
  void shouldFindNothingWhenEachDowngradeIsFlushedAndEachFillAnswered() {
    TraceCheck.Result result = sample("check-clean.txt");
    assertThat(result.judged()).isEqualTo(3);
    assertThat(result.findings()).isEmpty();
  }

  /** A page that nobody could write loses no right, so nothing has to be flushed. */
  @Test
  void shouldNotMissAFlushWhenOnlyReadPagesBecomeReadOnly() {
    TraceCheck.Result result = check(
        " x-9 [002] 1.000000: sched_switch: a:3 [120] S ==> b:4 [120]",
        " x-9 [002] 1.000000: tlb_flush: pages:-1 reason:flush on task switch (0)",
        " a-1 [000] 1.000001: page_fault_user: address=0x7f0000001000 ip=0x2 error_code=0x4",
        " a-2 [001] 1.000001: page_fault_user: address=0x7f0000005000 ip=0x2 error_code=0x4",
        " a-1 [000] 1.000002: sys_mprotect(start: 0x7f0000001000, len: 0x1000, prot: 0x1)",
        " a-1 [000] 1.000006: sys_mprotect -> 0x0");
    assertThat(result.findings()).isEmpty();
    assertThat(result.judged()).isZero();
  }

  private static TraceCheck.Result sample(String name) {
    return TraceCheck.of(TraceReader.read(Traces.sample(name)));
  }

  @Test
  void shouldOnlyCountWhenAnIntentWasNotQueuedForARunningCpu() throws IOException {
    List<String> lines = lines("ping-munmap.trace-cmd");
    int enter = indexOf(lines, 0, "sys_enter_munmap: ", "0x00008000");
    int queue = indexOf(lines, enter, "csd_queue_cpu", "flush_tlb_func");
    lines.remove(queue);
    lines.remove(indexOf(lines, queue, "tlb_flush", "remote shootdown (1)"));
    TraceCheck.Result result = check(lines.toArray(new String[0]));
    assertThat(result.isViolation()).isFalse();
    assertThat(result.counts()).containsOnlyKeys(TraceCheck.Kind.FLUSH_ELSEWHERE);
  }

  @Test
  void shouldShowAFaultThatRacedWithACall() {
    String fault = ": page_fault_user: address=0x7f0000001000 ip=0x2 error_code=0x6";
    TraceCheck.Result result = check(
        " x-9 [002] 1.000000: sched_switch: a:3 [120] S ==> b:4 [120]",
        " x-9 [002] 1.000000: tlb_flush: pages:-1 reason:flush on task switch (0)",
        " a-1 [000] 1.000001" + fault,
        " a-2 [001] 1.000001: page_fault_user: address=0x7f0000005000 ip=0x2 error_code=0x6",
        " a-1 [000] 1.000002: sys_munmap(addr: 0x7f0000001000, len: 0x1000)",
        " a-2 [001] 1.000003" + fault,
        " a-1 [000] 1.000004: tlb_flush: pages:1 reason:remote IPI send (4)",
        " a-1 [000] 1.000004: csd_queue_cpu: cpu=1 callsite=f func=flush_tlb_func csd=0x1",
        " a-1 [000] 1.000005: tlb_flush: pages:1 reason:local MM shootdown (3)",
        " a-1 [000] 1.000006: sys_munmap -> 0x0");
    assertThat(result.findings()).singleElement().satisfies(finding -> {
      assertThat(finding.kind()).isEqualTo(TraceCheck.Kind.FAULT_IN_FLIGHT);
      assertThat(finding.line()).isEqualTo(6);
    });
    assertThat(result.isViolation()).isFalse();
  }

  @Test
  void shouldJudgeNothingWhenItIsNotRecordedWhoRan() {
    TraceCheck.Result result = check(
        " a-1 [000] 1.000001: page_fault_user: address=0x7f0000001000 ip=0x2 error_code=0x6",
        " a-2 [001] 1.000001: page_fault_user: address=0x7f0000005000 ip=0x2 error_code=0x6",
        " a-1 [000] 1.000002: sys_munmap(addr: 0x7f0000001000, len: 0x1000)",
        " a-1 [000] 1.000006: sys_munmap -> 0x0");
    assertThat(result.judged()).isZero();
    assertThat(result.findings()).isEmpty();
    assertThat(result.cannotShow()).anyMatch(text -> text.startsWith("no sched_switch"))
        .anyMatch(text -> text.startsWith("no tlb_flush"))
        .anyMatch(text -> text.contains("a stale use is not"));
  }

  @Test
  void shouldFindIoAddressesMappedAgainBeforeTheirInvalidation() {
    String other = " dma-9 [000] 1.000002: qi_submit: iotlb_inv dmar0: 0x300f2 0x90000 0x0 0x0";
    assertThat(check(UNMAP, other, MAP).findings()).singleElement().satisfies(finding -> {
      assertThat(finding.kind()).isEqualTo(TraceCheck.Kind.REMAPPED_UNFLUSHED);
      assertThat(finding.line()).isEqualTo(3);
      assertThat(finding.text()).contains("line 1");
    });
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "qi_submit: iotlb_inv dmar0: 0x300f2 0x10001 0x0 0x0",
      "qi_submit: iotlb_inv dmar0: 0x300e2 0x0 0x0 0x0",
      "cache_tag_flush_range: dmar0 0000:00:02.0[0] type iotlb did 3 [0x10000-0x11fff] addr 0x10000"
          + " pages 0x2 mask 0x1"})
  void shouldBeContentWhenAnInvalidationCoversTheUnmap(String invalidation) {
    TraceCheck.Result result = check(UNMAP, " dma-9 [000] 1.000002: " + invalidation, MAP);
    assertThat(result.findings()).isEmpty();
    assertThat(result.judged()).isEqualTo(1);
  }

  @Test
  void shouldFindAnUnmapOfAnotherSize() {
    assertThat(check(UNMAP.replace("unmapped_size=8192", "unmapped_size=2097152")).findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.text()).contains("took 2097152 bytes away"));
  }

  private static int indexOf(List<String> lines, int from, String event, String more) {
    for (int at = from; at < lines.size(); at++) {
      if (lines.get(at).contains(event) && lines.get(at).contains(more)) {
        return at;
      }
    }
    throw new AssertionError(event);
  }

  private static List<String> lines(String name) throws IOException {
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(
        new GZIPInputStream(Files.newInputStream(Traces.shipped(name))),
        StandardCharsets.UTF_8))) {
      return new ArrayList<>(reader.lines().toList());
    }
  }
}
