package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordScriptTest {
  private static final Path SHELL = Path.of("scripts/record-trace.sh");
  private static final Path BPFTRACE = Path.of("scripts/record-trace.bt");

  @TempDir Path directory;

  @Test
  void shouldPrintLinesThatTheReaderReadsWhenBpftraceFillsThem() throws IOException {
    List<String> lines = new ArrayList<>();
    Matcher formats =
        Pattern.compile("printf\\(\"(.*)\\\\n\"").matcher(Files.readString(BPFTRACE));
    while (formats.find()) {
      lines.add(filled(formats.group(1)));
    }
    Recording recording = Traces.read(directory, lines.toArray(String[]::new));

    Reading reading = recording.reading();
    assertThat(lines).hasSize(17);
    assertThat(reading.count(Trouble.UNREADABLE_LINE)).isZero();
    assertThat(reading.count(Trouble.UNREADABLE_PAYLOAD)).isZero();
    assertThat(reading.unusedNames()).containsExactly("flush_tlb_mm_range");
    assertThat(recording.events()).extracting(event -> event.getClass().getSimpleName())
        .contains("SyscallEnter", "SyscallExit", "PageFault", "SchedSwitch", "TlbFlush",
            "CsdQueue", "NewTask");
    assertThat(recording.groups()).containsEntry(2, 2);
    for (Syscall call : Syscall.values()) {
      assertThat(reading.count("sys_enter_" + call.printedName())).isEqualTo(1);
      assertThat(reading.count("sys_exit_" + call.printedName())).isEqualTo(1);
    }
  }

  /** Each conversion in turn gets a value; 2 is a reason that tlb_flush has. */
  private static String filled(String format) {
    return format.replace("%s", "flush_tlb_func").replace("%03d", "002").replace("%lld", "2")
        .replace("%llu", "2").replace("%09llu", "000000002").replace("%llx", "2")
        .replace("%d", "2");
  }

  @Test
  void shouldRecordWhatTheReaderUses() throws IOException, InterruptedException {
    Process listing = new ProcessBuilder("bash", SHELL.toString(), "-s", "-i").start();
    List<String> events =
        new String(listing.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines().map(line -> line.substring(line.indexOf('/') + 1)).toList();
    assertThat(listing.waitFor()).isZero();
    assertThat(events).doesNotHaveDuplicates()
        .contains("tlb_flush", "csd_queue_cpu", "page_fault_user", "sched_switch", "task_newtask",
            "set_migration_pte", "exit_mmap", "sched_process_fork", "sched_process_exec",
            "qi_submit", "kvm_unmap_hva_range");
    for (Syscall call : Syscall.values()) {
      assertThat(events)
          .contains("sys_enter_" + call.printedName(), "sys_exit_" + call.printedName());
    }
    assertThat(Files.readString(SHELL)).contains("options/record-tgid");
  }
}
