package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One recording is the same whichever program printed it. */
class ParityTest {
  /** The recording machine's TSC. */
  private static final long TSC_HZ = 2_596_000_000L;

  private static Recording sample(String name) {
    return TraceReader.read(Traces.sample(name));
  }

  /** What was asked for, and of how many bytes, in order of time. */
  private static List<String> sequence(Recording recording) {
    List<String> calls = new ArrayList<>();
    for (Cause cause : Causes.of(recording).list()) {
      if (cause instanceof SyscallCause call) {
        String advice = call.call().kind() == Syscall.MADVISE
            ? " " + call.call().behavior() : "";
        calls.add(
            call.call().kind().printedName() + " " + call.call().lengthBytes() + advice);
      }
    }
    return calls;
  }

  @ParameterizedTest
  @ValueSource(strings = {"thp-split", "kvm-notifier", "pageout-file", "jvm-g1", "mremap"})
  void shouldGiveEqualOperationsWhenOneBufferIsPrintedTwice(String name) {
    Recording tracefs = sample(name + ".tracefs.txt.gz");
    Recording traceCmd = Traces.readShipped(name + ".trace-cmd");
    assertThat(Causes.of(tracefs).list()).isEqualTo(Causes.of(traceCmd).list());
    assertThat(Recorded.of(tracefs)).isEqualTo(Recorded.of(traceCmd));
    assertThat(tracefs.reading().eventCounts()).isEqualTo(traceCmd.reading().eventCounts());
    assertThat(tracefs.reading().findings().keySet())
        .isEqualTo(traceCmd.reading().findings().keySet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"trace-cmd-default", "trace-cmd-noplugins-N", "trace-cmd-raw-R",
      "trace-cmd-tsdiff", "trace-cmd-latency-l"})
  void shouldGiveEqualOperationsAndTimesWhenOnlyTheStyleDiffers(String name) {
    Recording plain = sample("tracefs-default.txt.gz");
    assertThat(Causes.of(sample(name + ".txt.gz")).list()).isEqualTo(Causes.of(plain).list());
    assertThat(Recorded.of(sample(name + ".txt.gz"))).isEqualTo(Recorded.of(plain));
  }

  @Test
  void shouldGiveEqualTimesToTheMicrosecondWhenNanosecondsArePrinted() {
    List<Cause> fine = Causes.of(sample("trace-cmd-fullts-t.txt.gz")).list();
    List<Cause> coarse = Causes.of(sample("tracefs-default.txt.gz")).list();
    assertThat(fine).hasSameSizeAs(coarse);
    for (int index = 0; index < fine.size(); index++) {
      assertThat((fine.get(index).atPs() + 500_000) / 1_000_000)
          .isEqualTo(coarse.get(index).atPs() / 1_000_000);
      assertThat(fine.get(index).tid()).isEqualTo(coarse.get(index).tid());
    }
    assertThat(sequence(sample("trace-cmd-fullts-t.txt.gz")))
        .isEqualTo(sequence(sample("tracefs-default.txt.gz")));
  }

  /** Other runs of the same command: they agree in what was asked for, not in when. */
  @ParameterizedTest
  @ValueSource(strings = {"tracefs-default.txt.gz", "tracefs-boot.txt.gz",
      "tracefs-local-clock.txt.gz", "tracefs-noirqinfo.txt.gz", "tracefs-tgid.txt.gz",
      "tracefs-hex-addr-nohash.txt.gz", "tracefs-x86-tsc.txt.gz", "perf-default.txt.gz",
      "perf-ns.txt.gz", "perf-F-nocpu.txt.gz", "perf-task-events.txt.gz"})
  void shouldGiveOneSequenceOfCallsWhenTheCommandIsTheSame(String name) {
    Path path = Traces.sample(name);
    ReadOptions options = ReadOptions.ALL.withTicksPerSecond(TSC_HZ);
    Recording recording = TraceReader.read(path, options);
    List<String> calls = sequence(recording);
    assertThat(calls).filteredOn(call -> call.startsWith("munmap")).hasSize(17);
    assertThat(calls).filteredOn(call -> call.startsWith("madvise")).hasSize(34);
    assertThat(calls).isEqualTo(sequence(sample("trace-cmd-default.txt.gz")));
    assertThat(recording.reading().count(Trouble.UNREADABLE_LINE)).isZero();
    assertThat(recording.reading().count(Trouble.UNREADABLE_PAYLOAD)).isZero();
  }

  @Test
  void shouldCountSecondsWhenTheRateOfACycleClockIsGiven() {
    Recording cycles = TraceReader.read(Traces.sample("tracefs-x86-tsc.txt.gz"),
        ReadOptions.ALL.withTicksPerSecond(TSC_HZ));
    // The run takes about as long as its siblings, and no clock goes back.
    assertThat(cycles.spanPs()).isBetween(1_000_000_000L, 20_000_000_000L);
    assertThat(cycles.reading().findings()).isEmpty();
    assertThat(cycles.clockText(cycles.events().get(0).stamp().atPs())).startsWith("1501.");
  }

  @ParameterizedTest
  @CsvSource({"ping-munmap, 193", "ping-dontneed, 129", "thp-split, 60", "pageout-file, 14"})
  void shouldGiveTheSiblingsOperationsWhenPerfRecordedThem(String name, int calls) {
    Recording perf = sample(name + ".perf.txt.gz");
    Recording sibling = Traces.readShipped(name + ".trace-cmd");
    assertThat(perf.reading().form()).isEqualTo(TextForm.PERF);
    assertThat(perf.reading().findings()).containsOnlyKeys(Trouble.UNUSED_EVENT);
    assertThat(sequence(perf)).hasSizeGreaterThanOrEqualTo(calls).isEqualTo(sequence(sibling));
  }

  @Test
  void shouldReadTasksWithoutThemBecomingEventsWhenPerfPrintsThem() {
    Reading reading = sample("perf-task-events.txt.gz").reading();
    assertThat(reading.count(Trouble.PERF_RECORD)).isEqualTo(6);
    assertThat(sample("perf-task-events.txt.gz").events())
        .hasSameSizeAs(sample("perf-default.txt.gz").events());
  }

  @Test
  void shouldHaveNoCpuWhenPerfPrintsNone() {
    assertThat(sample("perf-F-nocpu.txt.gz").events())
        .allSatisfy(event -> assertThat(event.stamp().cpu()).isEqualTo(Stamp.NO_CPU));
  }

  @Test
  void shouldKeepCallChainsWhenPerfPrintsThem() {
    Recording recording = sample("perf-callgraph-g.txt.gz");
    assertThat(recording.events()).hasSize(60);
    assertThat(recording.stacks()).hasSize(60);
    assertThat(recording.stacks().get(recording.stacks().firstKey())).startsWith(
        "flush_tlb_func", "flush_tlb_mm_range", "move_page_tables", "relocate_vma_down")
        .endsWith("entry_SYSCALL_64_after_hwframe", "[unknown]");
    assertThat(recording.reading().findings()).isEmpty();
  }

  @Test
  void shouldTellTheCauseOfEveryNotifierCallFromItsChain() {
    Recording recording = sample("kvm-notifier-callgraph.perf.txt.gz");
    assertThat(recording.events()).hasSize(71).allMatch(TraceEvent.KvmUnmap.class::isInstance);
    List<FlushSites.Site> sites = FlushSites.of(recording);
    assertThat(sites.stream().mapToLong(FlushSites.Site::count).sum()).isEqualTo(71);
    assertThat(sites).extracting(FlushSites.Site::text).contains(
        "__split_huge_pmd < vma_adjust_trans_huge < __split_vma, in mprotect");
  }
}
