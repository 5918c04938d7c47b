package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordedTest {
  @TempDir Path directory;

  private static final String MUNMAP = "sys_munmap(addr: 0x7f0000001000, len: 0x1000)";
  private static final String QUEUE = "csd_queue_cpu: cpu=1 callsite=f+0x1/0x2 ";

  private Recorded recorded(String... lines) {
    return Recorded.of(Traces.read(directory, lines));
  }

  private static FlushCounts at(Recorded recorded, int index) {
    return recorded.effects().get(index).flushes();
  }

  /** The totals were counted from the tracefs text by other means. */
  @ParameterizedTest
  @CsvSource({"ping-munmap.trace-cmd, 193, 183, 182, 205, 13, 62, 10",
      "ping-munmap.tracefs, 193, 183, 182, 205, 13, 62, 10",
      "ping-dontneed.trace-cmd, 129, 129, 128, 141, 3, 13, 0",
      "mremap.trace-cmd, 548, 548, 545, 560, 4, 6, 0"})
  void shouldCountTotalsOfShippedTraces(String name, long intents, long queued, long remote,
      long local, long flushed, long kept, long unexplained) {
    Recorded.Totals totals = Recorded.of(Traces.readShipped(name)).totals();
    assertThat(totals.flushes())
        .isEqualTo(new FlushCounts(local, 0, intents, unexplained, queued, remote));
    assertThat(totals.switchFlushes()).isEqualTo(flushed);
    assertThat(totals.switchesKept()).isEqualTo(kept);
    assertThat(totals.wrongCpu()).isZero();
    assertThat(totals.otherQueued()).isEqualTo(name.startsWith("mremap") ? 2 : 1);
  }

  @Test
  void shouldGiveEachMunmapItsOwnFlushesWhenTraceIsShipped() {
    Recorded recorded = Recorded.of(Traces.readShipped("ping-munmap.trace-cmd"));
    List<FlushCounts> unmaps = recorded.effects().stream()
        .filter(effect -> effect.cause() instanceof SyscallCause call
            && call.call().kind() == Syscall.MUNMAP && call.call().lengthBytes() != 0xaf37)
        .map(Recorded.Effect::flushes).collect(Collectors.toList());
    assertThat(unmaps).hasSize(192).allSatisfy(counts -> {
      assertThat(counts.local()).isEqualTo(1);
      assertThat(counts.intents()).isEqualTo(1);
      assertThat(counts.queued() + counts.unexplained()).isEqualTo(1);
      assertThat(counts.remoteDone()).isLessThanOrEqualTo(counts.queued());
    });
    assertThat(unmaps).extracting(FlushCounts::queued).contains(0L, 1L);
    FlushCounts sum = recorded.outside();
    for (Recorded.Effect effect : recorded.effects()) {
      sum = sum.plus(effect.flushes());
    }
    assertThat(sum).isEqualTo(recorded.totals().flushes());
    assertThat(recorded.outside()).isEqualTo(new FlushCounts(2, 0, 0, 0, 0, 0));
    assertThat(recorded.effects()).extracting(Recorded.Effect::cause).isEqualTo(
        Causes.of(Traces.readShipped("ping-munmap.trace-cmd")).list().stream()
            .filter(cause -> !(cause instanceof SwitchCause)).collect(Collectors.toList()));
  }

  @Test
  void shouldFollowRequestsToTheCpuThatServesThem() {
    Recorded recorded = recorded(
        " a-1 [000] 1.000001: " + MUNMAP,
        " a-1 [000] 1.000002: tlb_flush: pages:1 reason:remote IPI send (4)",
        " a-1 [000] 1.000003: " + QUEUE + "func=flush_tlb_func csd=0x10",
        " c-3 [002] 1.000004: " + MUNMAP,
        " c-3 [002] 1.000004: tlb_flush: pages:1 reason:remote IPI send (4)",
        " c-3 [002] 1.000005: " + QUEUE + "func=flush_tlb_func csd=0x20",
        " b-2 [001] 1.000006: csd_function_entry: func=flush_tlb_func, csd=0x20",
        " b-2 [001] 1.000006: tlb_flush: pages:1 reason:remote shootdown (1)",
        " b-2 [001] 1.000007: csd_function_exit: func=flush_tlb_func, csd=0x20",
        " c-3 [002] 1.000008: sys_munmap -> 0x0",
        " b-2 [001] 1.000009: csd_function_entry: func=flush_tlb_func, csd=0x99",
        " b-2 [001] 1.000009: tlb_flush: pages:1 reason:remote shootdown (1)",
        " b-2 [001] 1.000009: csd_function_exit: func=flush_tlb_func, csd=0x99",
        " a-1 [000] 1.000010: sys_munmap -> 0x0");
    assertThat(at(recorded, 0)).isEqualTo(new FlushCounts(0, 0, 1, 0, 1, 0));
    assertThat(at(recorded, 1)).isEqualTo(new FlushCounts(0, 0, 1, 0, 1, 1));
    assertThat(recorded.outside()).isEqualTo(new FlushCounts(0, 0, 0, 0, 0, 1));
  }

  @Test
  void shouldNotBookTheVictimsInterruptOnTheVictimsCall() {
    Recorded recorded = recorded(
        " b-2 [001] 1.000001: " + MUNMAP,
        " a-1 [000] 1.000002: " + QUEUE + "func=flush_tlb_func csd=0x10",
        " b-2 [001] 1.000003: csd_function_entry: func=flush_tlb_func, csd=0x10",
        " b-2 [001] 1.000003: tlb_flush: pages:1 reason:remote shootdown (1)",
        " b-2 [001] 1.000003: csd_function_exit: func=flush_tlb_func, csd=0x10",
        " b-2 [001] 1.000004: sys_munmap -> 0x0");
    assertThat(at(recorded, 0)).isEqualTo(FlushCounts.NONE);
    assertThat(recorded.outside()).isEqualTo(new FlushCounts(0, 0, 0, 0, 1, 1));
  }

  @Test
  void shouldCallAnIntentUnexplainedWhenNothingIsQueuedForIt() {
    Recorded recorded = recorded(
        " a-1 [000] 1.000001: " + MUNMAP,
        " a-1 [000] 1.000002: tlb_flush: pages=1 reason= (4)",
        " a-1 [000] 1.000003: " + QUEUE + "func=sched_ttwu_pending csd=0x30",
        " a-1 [000] 1.000004: tlb_flush: pages=1 reason= (4)",
        " a-1 [000] 1.000005: csd_queue_cpu: cpu=1 callsite=f func=flush_tlb_func csd=0x10",
        " a-1 [000] 1.000005: csd_queue_cpu: cpu=2 callsite=f func=flush_tlb_func csd=0x11",
        " a-1 [000] 1.000006: tlb_flush: pages=7 reason=local shootdown (2)",
        " a-1 [000] 1.000007: sys_munmap -> 0x0");
    assertThat(at(recorded, 0)).isEqualTo(new FlushCounts(0, 1, 2, 1, 2, 0));
    assertThat(recorded.totals().otherQueued()).isEqualTo(1);
  }

  @Test
  void shouldEndAFaultWithTheNextDoingOfItsThread() {
    Recorded recorded = recorded(
        " a-1 [000] 1.000001: page_fault_user: address=0x1000 ip=0x2 error_code=0x7",
        " b-2 [001] 1.000001: exit_mmap: mt_mod 0x1, DESTROY",
        " a-1 [000] 1.000002: tlb_flush: pages=1 reason=local mm shootdown (3)",
        " a-1 [000] 1.000003: ipi_send_cpu: cpu=1 callsite=f callback=0x0",
        " a-1 [000] 1.000004: tlb_flush: pages=1 reason=local mm shootdown (3)",
        " a-1 [000] 1.000005: exit_mmap: mt_mod 0x1, DESTROY",
        " a-1 [000] 1.000006: tlb_flush: pages=1 reason=local mm shootdown (3)",
        " a-1 [000] 1.000007: tlb_flush: pages=-1 reason= (5)",
        " a-1 [000] 1.000008: tlb_flush: pages=-1 reason=flush on task switch (0)",
        " a-1 [000] 1.000009: tlb_flush: pages=0 reason=flush on task switch (0)");
    assertThat(at(recorded, 0).local()).isEqualTo(2);
    assertThat(recorded.outside().local()).isEqualTo(1);
    assertThat(recorded.totals().wrongCpu()).isEqualTo(1);
    assertThat(recorded.totals().switchFlushes()).isEqualTo(1);
    assertThat(recorded.totals().switchesKept()).isEqualTo(1);
  }

  @Test
  void shouldBookAFaultInsideACallOnTheCall() {
    Recorded recorded = recorded(
        " a-1 [000] 1.000001: " + MUNMAP,
        " a-1 [000] 1.000002: page_fault_kernel: address=0x1000 ip=0x2 error_code=0x3",
        " a-1 [000] 1.000003: tlb_flush: pages=1 reason=local mm shootdown (3)",
        " a-1 [000] 1.000004: sys_munmap -> 0x0",
        " a-1 [000] 1.000005: tlb_flush: pages=1 reason=local mm shootdown (3)");
    assertThat(at(recorded, 0).local()).isEqualTo(1);
    assertThat(at(recorded, 1)).isEqualTo(FlushCounts.NONE);
    assertThat(recorded.outside().local()).isEqualTo(1);
  }
}
