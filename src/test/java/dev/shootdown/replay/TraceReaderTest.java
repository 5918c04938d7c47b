package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceReaderTest {
  @TempDir Path directory;

  private static final String FAULT = "page_fault_user: address=0x7f00 ip=0x7f10 error_code=0x6";

  private TraceEvent only(String line) {
    Recording recording = Traces.read(directory, line);
    assertThat(recording.events()).hasSize(1);
    return recording.events().get(0);
  }

  private TraceEvent body(String body) {
    return only("  ping-7  [001]  1.000002: " + body);
  }

  @ParameterizedTest
  @CsvSource({"ping-munmap.trace-cmd, 3527, TRACE_CMD", "ping-munmap.tracefs, 3527, TRACEFS",
      "ping-dontneed.trace-cmd, 2072, TRACE_CMD", "mremap.trace-cmd, 7085, TRACE_CMD"})
  void shouldReadEveryLineWhenTraceIsShipped(String name, int events, TextForm form) {
    Recording recording = Traces.readShipped(name);
    assertThat(recording.events()).hasSize(events);
    assertThat(recording.reading().form()).isEqualTo(form);
    assertThat(recording.reading().cpuCount()).isEqualTo(2);
    assertThat(recording.reading().findings()).containsOnlyKeys(Trouble.UNUSED_EVENT);
    assertThat(recording.reading().count(Trouble.UNUSED_EVENT))
        .isEqualTo(recording.reading().count("vm_unmapped_area")).isEqualTo(8);
  }

  @Test
  void shouldCountEventsByKernelNameWhenFormIsTracefs() {
    Reading reading = Traces.readShipped("ping-munmap.tracefs").reading();
    assertThat(reading.count("tlb_flush")).isEqualTo(655);
    assertThat(reading.count("sys_enter_madvise")).isEqualTo(386);
    assertThat(reading.count("sys_exit_munmap")).isEqualTo(193);
    assertThat(reading.count("csd_function_entry")).isEqualTo(375);
    assertThat(reading.count("sched_switch")).isEqualTo(155);
    assertThat(reading.count("page_fault_user")).isEqualTo(59);
    assertThat(reading.eventCounts())
        .isEqualTo(Traces.readShipped("ping-munmap.trace-cmd").reading().eventCounts());
  }

  @Test
  void shouldReadEqualEventsWhenOneRunIsPrintedByBothPrograms() {
    assertThat(Traces.texts(Traces.readShipped("ping-munmap.tracefs")))
        .isEqualTo(Traces.texts(Traces.readShipped("ping-munmap.trace-cmd")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"trace-cmd-noplugins-N", "trace-cmd-raw-R", "trace-cmd-tsdiff",
      "tracefs-default"})
  void shouldReadEqualEventsWhenPrintedInAnotherStyle(String name) {
    assertThat(Traces.texts(Traces.readSample(name)))
        .isEqualTo(Traces.texts(Traces.readSample("trace-cmd-default")));
  }

  @Test
  void shouldReadEqualEventsButCutNamesWhenFlagsAreFolded() {
    List<String> folded = Traces.texts(Traces.readSample("trace-cmd-latency-l"));
    List<String> plain = Traces.texts(Traces.readSample("trace-cmd-default"));
    assertThat(folded).hasSameSizeAs(plain);
    for (int index = 0; index < plain.size(); index++) {
      assertThat(folded.get(index).replaceFirst("comm=[^]]*]", ""))
          .isEqualTo(plain.get(index).replaceFirst("comm=[^]]*]", ""));
    }
  }

  @Test
  void shouldKeepNanosecondsWhenNineDigitsArePrinted() {
    Recording fine = Traces.readSample("trace-cmd-fullts-t");
    Recording coarse = Traces.readSample("trace-cmd-default");
    assertThat(fine.events().get(0).stamp().atPs()).isEqualTo(614_099_922_000L);
    assertThat(fine.clockText(614_099_922_000L)).isEqualTo("1498.614099922");
    assertThat(fine.events()).hasSameSizeAs(coarse.events());
    for (int index = 0; index < fine.events().size(); index++) {
      long finePs = fine.events().get(index).stamp().atPs();
      assertThat((finePs + 500_000) / 1_000_000 * 1_000_000)
          .isEqualTo(coarse.events().get(index).stamp().atPs());
    }
  }

  @ParameterizedTest
  @CsvSource({"tracefs-noirqinfo, 371", "tracefs-tgid, 370", "tracefs-hex-addr-nohash, 370"})
  void shouldReadEveryEventWhenColumnsDiffer(String name, int events) {
    Recording recording = Traces.readSample(name);
    assertThat(recording.events()).hasSize(events);
    assertThat(recording.reading().findings()).isEmpty();
    assertThat(recording.reading().form()).isEqualTo(TextForm.TRACEFS);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "'     kworker/0:2-22284  [000] d..2.  5.000001: '|kworker/0:2|22284",
      "' VM Periodic Tas-7683    [000] d..2.  5.000001: '|VM Periodic Tas|7683",
      "'inst:      C2-Compiler-77-12  [000]  5.000001: '|C2-Compiler-77|12",
      "'          <idle>-0       (-------) [000] d..2.  5.000001: '|<idle>|0",
      "'   ping-77 (     77) [000]  5.000001: '|ping|77",
      "'   a [b] c-9   [000] .....     5.000001: '|a [b] c|9",
      "'rvar.7699: variants-9    0dNh2.  5.000001: '|variants|9"})
  void shouldCutColumnsWhenNamesHoldBlanksDashesAndColons(String head, String comm, int tid) {
    Stamp stamp = only(head + FAULT).stamp();
    assertThat(stamp.comm()).isEqualTo(comm);
    assertThat(stamp.tid()).isEqualTo(tid);
    assertThat(stamp.cpu()).isZero();
    assertThat(stamp.atPs()).isEqualTo(1_000_000);
  }

  @Test
  void shouldTrustTheNumberWhenTheTextOfAReasonIsMissing() {
    TraceEvent.TlbFlush flush =
        (TraceEvent.TlbFlush) body("tlb_flush:            pages=3 reason= (4)");
    assertThat(flush.pages()).isEqualTo(3);
    assertThat(flush.reason()).isEqualTo(FlushReason.REMOTE_INTENT);
    assertThat(((TraceEvent.TlbFlush) body("tlb_flush: reason=5 pages=-1")).reason())
        .isEqualTo(FlushReason.WRONG_CPU);
    assertThat(((TraceEvent.TlbFlush) body("tlb_flush: pages:-1 reason:remote shootdown (1)")))
        .extracting(TraceEvent.TlbFlush::pages, TraceEvent.TlbFlush::reason)
        .containsExactly(-1L, FlushReason.REMOTE_DONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "sys_enter_mremap: addr: 0x7f00, old_len: 0x00001000, new_len: 0x00002000, flags: 0x00000003,"
          + " new_addr: 0x9000",
      "sys_mremap(addr: 0x7f00, old_len: 0x1000, new_len: 0x2000, flags: 3, new_addr: 0x9000)",
      "sys_mremap(addr: 7f00, old_len: 1000, new_len: 2000, flags: 3, new_addr: 9000)",
      "sys_enter_mremap: __syscall_nr=25 addr=0x7f00 old_len=0x1000 new_len=0x2000 flags=0x3"
          + " new_addr=0x9000"})
  void shouldReadEqualArgumentsWhenSystemCallsArePrintedDifferently(String text) {
    TraceEvent.SyscallEnter enter = (TraceEvent.SyscallEnter) body(text);
    assertThat(enter.kind()).isEqualTo(Syscall.MREMAP);
    assertThat(enter.arguments()).containsExactly(0x7f00L, 0x1000L, 0x2000L, 3L, 0x9000L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sys_exit_munmap: 0xfffffffffffffff4", "sys_exit_munmap: -12",
      "sys_munmap -> 0xfffffffffffffff4",
      "sys_exit_munmap: __syscall_nr=11 ret=0xfffffffffffffff4"})
  void shouldReadErrnoWhenACallFailed(String text) {
    TraceEvent.SyscallExit exit = (TraceEvent.SyscallExit) body(text);
    assertThat(exit.kind()).isEqualTo(Syscall.MUNMAP);
    assertThat(exit.result()).isEqualTo(-12);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "kworker/0:1H:54 [100] W ==> a b:7 [120]|IDLE|kworker/0:1H|54|a b|7",
      "prev_comm=VM Per prev_pid=3 prev_prio=0 prev_state=R+ ==> next_comm=x y next_pid=9"
          + " next_prio=-5|RUNNABLE|VM Per|3|x y|9",
      "prev_comm=a prev_pid=3 prev_prio=0 prev_state=256 next_comm=b next_pid=9 next_prio=1"
          + "|RUNNABLE|a|3|b|9",
      "prev_comm=a prev_pid=3 prev_prio=0 prev_state=2 next_comm=b next_pid=9 next_prio=1"
          + "|BLOCKED|a|3|b|9",
      "a:3 [120] X ==> swapper/1:0 [120]|EXITED|a|3|swapper/1|0"})
  void shouldReadSwitchInEveryStyle(String text, ThreadState state, String from, int fromTid,
      String to, int toTid) {
    TraceEvent.SchedSwitch change = (TraceEvent.SchedSwitch) body("sched_switch: " + text);
    assertThat(change.previousState()).isEqualTo(state);
    assertThat(change.previous()).isEqualTo(new TraceEvent.Task(fromTid, from));
    assertThat(change.next()).isEqualTo(new TraceEvent.Task(toTid, to));
  }

  @Test
  void shouldNumberCallStructuresWhenPointersDiffer() {
    List<TraceEvent> events = Traces.read(directory,
        " a-1 [000] 1.000001: csd_queue_cpu: cpu=1 callsite=f+0x2/0x6 func=flush_tlb_func csd=00aa",
        " a-1 [000] 1.000002: csd_function_entry: func=flush_tlb_func, csd=(nil)",
        " a-1 [000] 1.000003: csd_function_exit: func=flush_tlb_func, csd=0000000000000000",
        " b-2 [001] 1.000004: csd_function_entry: func=flush_tlb_func, csd=00aa",
        " b-2 [001] 1.000005: csd_function_entry: func=other, csd=(____ptrval____)").events();
    assertThat(((TraceEvent.CsdQueue) events.get(0)).csd()).isEqualTo(1);
    assertThat(((TraceEvent.CsdQueue) events.get(0)).function()).isEqualTo("flush_tlb_func");
    assertThat(((TraceEvent.CsdEntry) events.get(1)).csd()).isZero();
    assertThat(((TraceEvent.CsdExit) events.get(2)).csd()).isZero();
    assertThat(((TraceEvent.CsdEntry) events.get(3)).csd()).isEqualTo(1);
    assertThat(((TraceEvent.CsdEntry) events.get(4)).csd()).isEqualTo(2);
  }

  @Test
  void shouldReadTheOtherEventsOfUse() {
    assertThat(body("ipi_send_cpu: cpu=3 callsite=a+0x1/0x2 callback=f+0x0/0x10"))
        .isEqualTo(new TraceEvent.IpiSend(new Stamp(2_000_000, 1, 7, "ping", 1), 3, "f"));
    assertThat(body("page_fault_kernel: address=0x10 ip=0xffffffff81000000 error_code=0x2"))
        .isInstanceOfSatisfying(TraceEvent.PageFault.class, fault -> {
          assertThat(fault.user()).isFalse();
          assertThat(fault.instructionPointer()).isEqualTo(0xffffffff81000000L);
        });
    assertThat(body("set_migration_pte: addr=7fc5300cf000, pte=f7ffe7ffdf9e5400 order=9"))
        .isInstanceOfSatisfying(TraceEvent.SetMigrationPte.class, set -> {
          assertThat(set.address()).isEqualTo(0x7fc5300cf000L);
          assertThat(set.order()).isEqualTo(9);
        });
    assertThat(body("remove_migration_pte: addr=1000, pte=f7ffe7ffdf9e5400 order=0"))
        .isInstanceOf(TraceEvent.RemoveMigrationPte.class);
    assertThat(body("kvm_unmap_hva_range: mmu notifier unmap range: 0x007f5d063ba000 --"
        + " 0x007f5d063bc000"))
        .isInstanceOfSatisfying(TraceEvent.KvmUnmap.class, unmap ->
            assertThat(unmap.endAddress() - unmap.startAddress()).isEqualTo(0x2000));
    assertThat(body("call_function_single_entry: vector=251"))
        .isInstanceOf(TraceEvent.CallEntry.class);
    assertThat(body("call_function_exit: vector=252")).isInstanceOf(TraceEvent.CallExit.class);
    assertThat(body("exit_mmap: mt_mod 0xffff, DESTROY")).isInstanceOf(TraceEvent.ExitMmap.class);
    assertThat(body("sys_read(fd: 3, buf: 0x1, count: 0x2)"))
        .isInstanceOfSatisfying(TraceEvent.Other.class, other ->
            assertThat(other.name()).isEqualTo("sys_enter_read"));
  }

  @Test
  void shouldReadPlainTextWithForeignLineEnds() {
    Recording recording = TraceReader.read(Traces.write(directory,
        (" a-1 [000] 1.5: x: y\r\n a-1 [000] 1.000001: " + FAULT + "\r\n").getBytes(
            StandardCharsets.UTF_8)));
    assertThat(recording.events()).hasSize(1);
    assertThat(recording.events().get(0).stamp().line()).isEqualTo(2);
    assertThat(recording.reading().lineCount()).isEqualTo(2);
  }
}
