package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.Dice;
import dev.shootdown.engine.SystemPool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real traces, broken on the way: read as far as they go, and never a crash. */
class BrokenTraceTest {
  private static final SystemPool POOL = new SystemPool();
  private static final String NOISE = "\t <>-[]():=,.0x9fF~é\u0001";

  @TempDir Path directory;

  @AfterAll
  static void close() {
    POOL.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldReadCheckAndReplayWhatIsLeftWhenLinesAreMangled(long seed) throws IOException {
    Dice dice = Dice.of(seed, "mangle");
    List<String> lines = new ArrayList<>();
    for (String line : lines("thp-split.trace-cmd.txt.gz")) {
      lines.add(dice.below(8) == 0 ? mangled(line, dice) : line);
      if (dice.below(200) == 0) {
        lines.add("CPU:1 [LOST 3 EVENTS]");
      }
    }
    Recording recording = Traces.read(directory, lines.toArray(new String[0]));
    Reading reading = recording.reading();
    assertThat(reading.count(Trouble.LOST_EVENTS)).isPositive();
    assertThat(reading.count(Trouble.UNREADABLE_LINE)).isPositive();
    assertThat(reading.remarks()).hasSizeGreaterThanOrEqualTo(3)
        .allMatch(remark -> remark.contains("first at line"));
    assertThat(TraceCheck.of(recording).cannotShow()).anyMatch(text -> text.contains("lost"));
    try {
      Comparison comparison =
          new Replay(POOL, ReplayMachine.profile("guest-2vcpu-traced", List.of()))
              .compare("t", recording);
      assertThat(comparison.remarks()).containsAll(reading.remarks());
    } catch (TraceProblem machineTooSmall) {
      assertThat(machineTooSmall).hasMessageContaining("recorded with a CPU");
    }
  }

  private static String mangled(String line, Dice dice) {
    int at = dice.below(Math.max(1, line.length()));
    return switch (dice.below(4)) {
      case 0 -> line.substring(0, at);
      case 1 -> line.substring(at);
      case 2 -> line.substring(0, at) + NOISE.charAt(dice.below(NOISE.length()))
          + line.substring(Math.min(line.length(), at + 1));
      default -> line + line;
    };
  }

  /** A line of each text form, cut at every place, before a line that is whole. */
  @ParameterizedTest
  @ValueSource(strings = {"tracefs-tgid.txt.gz", "trace-cmd-latency-l.txt.gz",
      "trace-cmd-tsdiff.txt.gz", "trace-cmd-raw-R.txt.gz", "perf-default.txt.gz",
      "perf-callgraph-g.txt.gz"})
  void shouldTakeTheWholeLineWhenTheOneBeforeIsCut(String name) throws IOException {
    List<String> lines = lines("../../src/test/resources/replay/" + name);
    String whole = lines.stream().filter(line -> line.contains(": ")
        && !line.startsWith("#")).findFirst().orElseThrow();
    for (String line : lines.subList(lines.size() / 2, lines.size() / 2 + 12)) {
      for (int end = 0; end < line.length(); end += 7) {
        Recording recording = Traces.read(directory, whole, line.substring(0, end), whole);
        assertThat(recording.events()).hasSizeBetween(2, 3);
      }
    }
  }

  @Test
  void shouldSurviveNumbersThatNobodyCanMean() throws IOException {
    String fault = " a-1 [000] 1.000001: page_fault_user: address=0x7f00 ip=0x7f10 error_code=0x6";
    Recording recording = Traces.read(directory, fault,
        " a-1 [000] 1.000002: sys_munmap(addr: 0x1000, len: 0xffffffffffffffff)",
        " a-1 [000] 1.000003: sys_munmap -> 0x0",
        " a-1 [000] 1.000004: sys_madvise(start: 0x1000, len_in: 0x7ffffffff000, behavior: 0x17)",
        " a-1 [000] 1.000005: sys_madvise -> 0x0",
        " a-1 [000] 1.000006: sys_mremap(addr: 0xffffffffffffffff, old_len: 0x1, new_len: 0x1,"
            + " flags: 3, new_addr: 0x0)",
        " a-1 [000] 1.000007: sys_mremap -> 0x7fffffffffffffff",
        " a-1 [000] 1.000008: sys_mremap(addr: 0x1000, old_len: 0x1000, new_len: 0x1000,"
            + " flags: 3, new_addr: 0x0)",
        " a-1 [000] 1.000009: sys_mremap -> 0x7ffffffffffff000",
        " a-1 [000] 1.000010: page_fault_user: address=0xffffffffffffffff ip=0x1 error_code=0x7",
        " a-9999999999 [000] 1.000011: page_fault_user: address=0x1 ip=0x1 error_code=0x7");
    assertThat(recording.reading().count(Trouble.UNREADABLE_LINE)).isEqualTo(1);
    Comparison comparison =
        new Replay(POOL, ReplayMachine.profile("guest-2vcpu-traced", List.of()))
            .compare("t", recording);
    assertThat(comparison.skipped()).isEqualTo(4);
    assertThat(TraceCheck.of(recording).findings()).isEmpty();
  }

  private static List<String> lines(String name) throws IOException {
    Path path = Path.of("scenarios", "traces").resolve(name).normalize();
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(
        new GZIPInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }
}
