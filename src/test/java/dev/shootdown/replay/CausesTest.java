package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CausesTest {
  @TempDir Path directory;

  private Causes causes(String... lines) {
    return Causes.of(Traces.read(directory, lines));
  }

  @ParameterizedTest
  @CsvSource({"ping-munmap.trace-cmd, 583, 59, 155", "ping-munmap.tracefs, 583, 59, 155",
      "ping-dontneed.trace-cmd, 263, 58, 34", "mremap.trace-cmd, 471, 56, 29"})
  void shouldFindEveryCauseWhenTraceIsShipped(String name, int calls, int faults, int switches) {
    Causes causes = Causes.of(Traces.readShipped(name));
    assertThat(causes.list()).filteredOn(SyscallCause.class::isInstance).hasSize(calls);
    assertThat(causes.list()).filteredOn(FaultCause.class::isInstance).hasSize(faults);
    assertThat(causes.list()).filteredOn(SwitchCause.class::isInstance).hasSize(switches);
    assertThat(causes.list()).filteredOn(EndCause.class::isInstance)
        .extracting(cause -> ((EndCause) cause).exec()).containsExactly(true, false);
    assertThat(causes.list()).hasSize(calls + faults + switches + 2);
    assertThat(causes.list()).extracting(Cause::atPs).isSorted();
    assertThat(causes.unfinished()).isZero();
    assertThat(causes.headless()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ping-munmap.trace-cmd", "ping-munmap.tracefs", "ping-dontneed.trace-cmd",
      "mremap.trace-cmd"})
  void shouldFindEqualCausesWhenTheKernelsAnswersAreDeleted(String name) throws IOException {
    List<String> lines;
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(
        new GZIPInputStream(Files.newInputStream(Traces.shipped(name))),
        StandardCharsets.UTF_8))) {
      lines = reader.lines().collect(Collectors.toList());
    }
    String[] kept = lines.stream()
        .filter(line -> !line.matches(
            ".*: (tlb_flush|csd_\\w+|ipi_\\w+|call_function\\w*|vm_unmapped_area):.*"))
        .toArray(String[]::new);
    assertThat(kept.length).isBetween(1, lines.size() - 500);
    assertThat(causes(kept)).isEqualTo(Causes.of(Traces.readShipped(name)));
  }

  @Test
  void shouldFindEqualCausesWhenTheRunIsPrintedByBothPrograms() {
    assertThat(Causes.of(Traces.readShipped("ping-munmap.tracefs")))
        .isEqualTo(Causes.of(Traces.readShipped("ping-munmap.trace-cmd")));
  }

  @Test
  void shouldGiveTheWholeCallWhenItsThreadMovedToAnotherCpu() {
    Causes causes = causes(
        " ping-7 [000] 1.000010: sys_munmap(addr: 0x7f0000000000, len: 0x2001)",
        " ping-7 [000] 1.000012: sched_switch: prev_comm=ping prev_pid=7 prev_prio=120"
            + " prev_state=R+ ==> next_comm=other name next_pid=8 next_prio=120",
        " ping-7 [001] 1.000030: sys_munmap -> 0xffffffffffffffea");
    SystemCall call = new SystemCall(
        Syscall.MUNMAP, List.of(0x7f0000000000L, 0x2001L), -22);
    assertThat(causes.list()).containsExactly(
        new SyscallCause(10_000_000, 30_000_000, 0, 1, 7, call),
        new SwitchCause(12_000_000, 0, 7, ThreadState.RUNNABLE, 8));
    assertThat(((SyscallCause) causes.list().get(0)).durationPs()).isEqualTo(20_000_000);
    assertThat(call.failed()).isTrue();
    assertThat(call.endAddress()).isEqualTo(0x7f0000002001L);
    assertThat(causes.names()).containsEntry(7, "ping").containsEntry(8, "other name");
  }

  @Test
  void shouldCountCallsWhenOneEndIsMissing() {
    Causes causes = causes(
        " a-1 [000] 1.000001: sys_munmap -> 0x0",
        " a-1 [000] 1.000002: sys_munmap(addr: 0x1000, len: 0x1000)",
        " a-1 [000] 1.000003: sys_munmap(addr: 0x2000, len: 0x1000)",
        " a-1 [000] 1.000004: sys_munmap -> 0x0",
        " a-1 [000] 1.000005: sys_munmap(addr: 0x3000, len: 0x1000)",
        " a-1 [000] 1.000006: sys_mprotect -> 0x0",
        " b-2 [001] 1.000007: sys_munmap(addr: 0x4000, len: 0x1000)");
    assertThat(causes.list()).singleElement().isInstanceOfSatisfying(SyscallCause.class,
        cause -> assertThat(cause.call().startAddress()).isEqualTo(0x2000));
    assertThat(causes.unfinished()).isEqualTo(3);
    assertThat(causes.headless()).isEqualTo(2);
  }

  @Test
  void shouldPairCallsByThreadWhenTheyOverlap() {
    Causes causes = causes(
        " a-1 [000] 1.000001: sys_munmap(addr: 0x1000, len: 0x1000)",
        " b-2 [001] 1.000002: sys_madvise(start: 0x2000, len_in: 0x1000, behavior: 4)",
        " b-2 [001] 1.000003: sys_madvise -> 0x0",
        " a-1 [000] 1.000004: sys_munmap -> 0x0");
    assertThat(causes.list()).extracting(Cause::tid).containsExactly(1, 2);
    assertThat(((SyscallCause) causes.list().get(0)).untilPs()).isEqualTo(4_000_000);
    assertThat(((SyscallCause) causes.list().get(1)).call().behavior()).isEqualTo(4);
  }

  @Test
  void shouldNameArgumentsByKindOfCall() {
    SystemCall move = new SystemCall(
        Syscall.MREMAP, List.of(0x1000L, 0x2000L, 0x3000L, 3L, 0x9000L), 0x7fff_0000_9000L);
    assertThat(move.lengthBytes()).isEqualTo(0x2000);
    assertThat(move.newLengthBytes()).isEqualTo(0x3000);
    assertThat(move.failed()).isFalse();
    assertThat(new SystemCall(Syscall.MPROTECT, List.of(0L, 1L, 3L), 0).protection()).isEqualTo(3);
    assertThatIllegalStateException().isThrownBy(move::behavior).withMessageContaining("mremap");
  }

  @Test
  void shouldTellFaultsApartByTheirErrorCode() {
    FaultCause missingFetch = new FaultCause(0, 0, 1, 0x1000, 0x1000, 0x14);
    FaultCause copyOnWrite = new FaultCause(0, 0, 1, 0x1000, 0x2000, 0x7);
    assertThat(missingFetch.missing()).isTrue();
    assertThat(missingFetch.instruction()).isTrue();
    assertThat(missingFetch.write()).isFalse();
    assertThat(copyOnWrite.missing()).isFalse();
    assertThat(copyOnWrite.write()).isTrue();
    assertThat(copyOnWrite.instruction()).isFalse();
  }
}
