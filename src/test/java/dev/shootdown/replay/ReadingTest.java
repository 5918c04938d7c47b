package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing is left out without a count and the line where it happened first. */
class ReadingTest {
  @TempDir Path directory;

  private static final String FAULT = ": page_fault_user: address=0x7f00 ip=0x7f10 error_code=0x6";

  private Reading reading(String... lines) {
    return Traces.read(directory, lines).reading();
  }

  @Test
  void shouldCountLinesWhenTheyAreNoEvents() {
    Reading reading = reading(" a-1 [000] 1.000001" + FAULT,
        "\tffffffff813426ac flush_tlb_func+0x20c", " => do_syscall_64", " a-1 [000] 1.000002: cut");
    assertThat(reading.findings()).containsOnlyKeys(Trouble.UNREADABLE_LINE);
    assertThat(reading.findings().get(Trouble.UNREADABLE_LINE))
        .isEqualTo(new Reading.Finding(3, 2));
    assertThat(reading.remarks()).containsExactly("3 lines that are no event (first at line 2)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tlb_flush: pages:3 reason:new thing (6)",
      "tlb_flush: pages=3 reason= ()",
      "tlb_flush: reason= (4)", "page_fault_user: address=zz ip=0x1 error_code=0x6",
      "sched_switch: a:1 [120] Q ==> b:2 [120]", "sched_switch: a ==> b",
      "csd_queue_cpu: cpu=1 callsite=f csd=0x1", "csd_queue_cpu: cpu=1 callsite=f func=f",
      "ipi_send_cpu: cpu=-1 callsite=f callback=f", "sys_enter_munmap: addr: 0x1000",
      "sys_munmap -> ?", "tlb_flush: pages:1 reason:x (99999999999999999999)",
      "kvm_unmap_hva_range: mmu notifier unmap range", "set_migration_pte: addr=, pte=1 order=0"})
  void shouldLeaveEventOutAndCountItWhenPayloadIsUnreadable(String body) {
    Recording recording = Traces.read(
        directory, " a-1 [000] 1.000001" + FAULT, " a-1 [000] 1.000002: " + body);
    assertThat(recording.events()).hasSize(1);
    assertThat(recording.reading().findings()).containsOnlyKeys(Trouble.UNREADABLE_PAYLOAD);
    assertThat(recording.reading().findings().get(Trouble.UNREADABLE_PAYLOAD))
        .isEqualTo(new Reading.Finding(1, 2));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"CPU:1 [LOST 3 EVENTS]|3", "CPU:1 [7 EVENTS DROPPED]|7",
      "CPU:0 [EVENTS DROPPED]|1", "CPU:1 [LOST EVENTS]|1", "[LOST 12 EVENTS]|12"})
  void shouldCountLostEventsWhenTheRecorderSaysSo(String marker, long lost) {
    Reading reading = reading(" a-1 [000] 1.000001" + FAULT, marker);
    assertThat(reading.findings()).containsOnlyKeys(Trouble.LOST_EVENTS);
    assertThat(reading.findings().get(Trouble.LOST_EVENTS)).isEqualTo(new Reading.Finding(lost, 2));
  }

  @Test
  void shouldCountOverwrittenEventsWhenTheBufferWasTooSmall() {
    Reading reading = reading("# tracer: nop", "#",
        "# entries-in-buffer/entries-written: 100/375   #P:8", " a-1 [000] 1.000001" + FAULT);
    assertThat(reading.findings().get(Trouble.LOST_EVENTS)).isEqualTo(new Reading.Finding(275, 3));
    assertThat(reading.cpuCount()).isEqualTo(8);
    assertThat(reading.form()).isEqualTo(TextForm.TRACEFS);
  }

  @Test
  void shouldSortAndCountWhenCpusAreOutOfOrder() {
    Recording recording = Traces.read(directory, " a-1 [000] 1.000005" + FAULT,
        " a-1 [000] 1.000006" + FAULT, " b-2 [001] 1.000002" + FAULT,
        " b-2 [001] 1.000006" + FAULT);
    assertThat(recording.events()).extracting(event -> event.stamp().line())
        .containsExactly(3, 1, 2, 4);
    assertThat(recording.reading().findings()).containsOnlyKeys(Trouble.OUT_OF_ORDER);
    assertThat(recording.reading().findings().get(Trouble.OUT_OF_ORDER))
        .isEqualTo(new Reading.Finding(1, 3));
    assertThat(recording.spanPs()).isEqualTo(4_000_000);
  }

  @Test
  void shouldKeepOrderOfFileWhenTimesAreEqual() {
    assertThat(Traces.read(directory, " a-1 [001] 1.000005" + FAULT, " b-2 [000] 1.000005" + FAULT)
        .events()).extracting(event -> event.stamp().cpu()).containsExactly(1, 0);
  }

  @Test
  void shouldSortAndCountWhenAClockGoesBack() {
    Recording recording = Traces.read(
        directory, " a-1 [000] 1.000005" + FAULT, " a-1 [000] 0.999999" + FAULT);
    assertThat(recording.events()).extracting(event -> event.stamp().line()).containsExactly(2, 1);
    assertThat(recording.reading().findings()).containsOnlyKeys(Trouble.CLOCK_BACKWARDS);
    assertThat(recording.clockText(recording.events().get(0).stamp().atPs()))
        .isEqualTo("0.999999000");
  }

  @Test
  void shouldLeaveOutASecondInstanceAndCountIt() {
    Recording recording = Traces.read(directory, "cpus=2", "one: a-1 [000] 1.000005" + FAULT,
        "two: a-1 [000] 1.000005" + FAULT, " a-1 [000] 1.000005" + FAULT);
    assertThat(recording.events()).hasSize(1);
    assertThat(recording.reading().findings().get(Trouble.OTHER_INSTANCE))
        .isEqualTo(new Reading.Finding(2, 3));
  }

  @Test
  void shouldCountFunctionsWhenTheyAreOnlyAddresses() {
    Reading reading = reading(
        " a-1 [000] 1.000001: csd_queue_cpu: cpu=1 callsite=0xff func=0xffffffff81342600 csd=0x1");
    assertThat(reading.findings()).containsOnlyKeys(Trouble.UNNAMED_FUNCTION);
  }

  @Test
  void shouldCountUnusedEventsByName() {
    Reading reading = reading(" a-1 [000] 1.000001: vm_unmapped_area: addr=0x1",
        " a-1 [000] 1.000001: sched_waking: comm=x");
    assertThat(reading.count(Trouble.UNUSED_EVENT)).isEqualTo(2);
    assertThat(reading.count("sched_waking")).isEqualTo(1);
    assertThat(reading.count("sched_wakeup")).isZero();
  }

  @Test
  void shouldNotTakeAStampThatIsTooFarAway() {
    Reading reading = reading(" a-1 [000] 1.000001" + FAULT, " a-1 [000] 99999999.000001" + FAULT,
        " a-1 [000] 1.0000012" + FAULT);
    assertThat(reading.findings().get(Trouble.UNREADABLE_LINE))
        .isEqualTo(new Reading.Finding(2, 2));
  }

  @Test
  void shouldKeepPicosecondsSmallWhenTheMachineWasUpForYears() {
    Recording recording = Traces.read(directory, " a-1 [000] 99999999.000001" + FAULT);
    assertThat(recording.events().get(0).stamp().atPs()).isEqualTo(1_000_000);
    assertThat(recording.clockText(1_000_000)).isEqualTo("99999999.000001000");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"'   a-1 [000] 1.000001: x: y'|TRACEFS",
      "'   a-1 [000] 1.000001: x:      y'|TRACE_CMD", "'inst: a-1 [000] 1.000001: x: y'|TRACE_CMD"})
  void shouldGuessTheFormWhenTheHeaderIsMissing(String line, TextForm form) {
    assertThat(reading(line).form()).isEqualTo(form);
  }
}
