package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.engine.SystemPool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceExportTest {
  private static final SystemPool POOL = new SystemPool();

  @TempDir Path directory;

  @AfterAll
  static void close() {
    POOL.close();
  }

  private Recording exported(Recording recording) throws IOException {
    StringBuilder text = new StringBuilder();
    TraceExport.write(text, "t", recording);
    Recording again =
        TraceReader.read(
            Traces.write(directory, text.toString().getBytes(StandardCharsets.UTF_8)));
    assertThat(again.reading().findings()).isEmpty();
    return again;
  }

  private static String fingerprint(Recording recording) {
    return new Replay(POOL, ReplayMachine.profile("guest-2vcpu-traced", List.of()))
        .fingerprint("t", recording);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ping-munmap.trace-cmd", "mremap.trace-cmd", "compact.trace-cmd",
      "cow-threads.trace-cmd", "make-j2.trace-cmd"})
  void shouldReplayToTheSameFingerprintWhenReadAgain(String name) throws IOException {
    Recording recording = Traces.readShipped(name);
    Recording again = exported(recording);
    assertThat(Causes.of(again)).isEqualTo(Causes.of(recording));
    assertThat(again.reading().eventCounts())
        .doesNotContainKeys("tlb_flush", "csd_queue_cpu", "ipi_send_cpu");
    assertThat(fingerprint(again)).isEqualTo(fingerprint(recording));
  }

  @Test
  void shouldKeepProcessesAndTheEndOfAMigration() throws IOException {
    Recording recording = Traces.read(directory,
        " a-7   (   5) [000] ..... 3.000000001: sys_mmap(addr: 0x1000, len: 0x1000, prot: 0x3,"
            + " flags: 0x32, fd: 0xffffffffffffffff, off: 0x0)",
        " a-7   (   5) [000] ..... 3.000000002: sys_mmap -> 0x1000",
        " a-7   (   5) [000] ..... 3.000000003: set_migration_pte: addr=1000, pte=5 order=0",
        " a-7   (   5) [000] ..... 3.000000004: mm_migrate_pages: nr_succeeded=1 nr_failed=0"
            + " reason=compaction",
        " a-7   (   5) [000] ..... 3.000000005: set_migration_pte: addr=3000, pte=5 order=9",
        " b-8   (   5) [001] ..... 3.000000006: exit_mmap: mt_mod 0xff, DESTROY");
    Recording again = exported(recording);
    assertThat(Causes.of(recording).list()).filteredOn(MigrateCause.class::isInstance).hasSize(2);
    assertThat(Causes.of(again)).isEqualTo(Causes.of(recording));
    assertThat(again.groups()).containsEntry(7, 5).containsEntry(8, 5);
  }

  @Test
  void shouldRefuseATextWithoutCpus() {
    Recording recording = TraceReader.read(Traces.sample("perf-F-nocpu.txt.gz"));
    assertThatThrownBy(() -> TraceExport.write(new StringBuilder(), "p.txt", recording))
        .isInstanceOf(TraceProblem.class).hasMessageContaining("p.txt: its text has no column");
  }
}
