package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.SystemPool;
import dev.shootdown.replay.Comparison;
import dev.shootdown.replay.Recording;
import dev.shootdown.replay.Replay;
import dev.shootdown.replay.ReplayMachine;
import dev.shootdown.replay.TraceEvent;
import dev.shootdown.replay.TraceReader;
import dev.shootdown.replay.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportTest {
  private static final String BROKEN = "scenarios/02-overtaken-fill.conf:broken";

  @TempDir private Path out;
  private Path directory;

  @BeforeEach
  void runOnce() {
    directory = run(BROKEN);
  }

  private Path run(String... args) {
    Stream<String> all =
        Stream.concat(
            Stream.concat(Stream.of("run"), Stream.of(args)),
            Stream.of("--quiet", "--force", "--out", out.toString()));
    return Typed.inProject(all.toArray(String[]::new)).directory();
  }

  private Typed report(String... args) {
    return Typed.inProject(
        Stream.concat(Stream.of("report", directory.toString()), Stream.of(args))
            .toArray(String[]::new));
  }

  @Test
  void shouldRebuildTheSamePageWhenItWasLost() throws IOException {
    Path page = directory.resolve("report.html");
    String before = Files.readString(page);
    Files.delete(page);

    Typed typed = report();

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.out()).isEqualTo("report: " + page + "\n");
    assertThat(page).hasContent(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "markdown | # stale-use: An invalidation overtakes",
        "text     | What came of it",
        "csv      | table,row,column,value",
        "json     | {"
      })
  void shouldPrintTheSameTablesWhenAnotherFormatIsAsked(String format, String first) {
    Typed typed = report("--format", format);

    assertThat(typed.exitCode()).isZero();
    assertThat(typed.err()).isEmpty();
    assertThat(typed.outLines().get(0)).startsWith(first);
    assertThat(typed.out()).contains("4.162", "nic0 invalidation-queue", "drop-racing-fills");
  }

  @Test
  void shouldTellThatLittlesLawHoldsWhenARunIsReported() {
    assertThat(report("--format", "text").outLines())
        .filteredOn(line -> line.startsWith("nic0 ") && line.contains("34268"))
        .isNotEmpty()
        .allMatch(line -> line.endsWith("holds"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "src                 | 2 | holds no results",
        "nowhere             | 2 | does not exist",
        "README.md           | 2 | is no directory"
      })
  void shouldExitWithTwoWhenThereAreNoResults(String name, int code, String message) {
    Typed typed = Typed.inProject("report", name);

    assertThat(typed.exitCode()).isEqualTo(code);
    assertThat(typed.out()).isEmpty();
    assertThat(typed.errLines()).singleElement().asString().contains(name, message);
  }

  @Test
  void shouldExitWithThreeWhenAFileIsDamagedOrMissing() throws IOException {
    Files.writeString(directory.resolve("summary.json"), "{\n \"schema\": 1,\n oops");
    Typed damaged = report();
    assertThat(damaged.exitCode()).isEqualTo(3);
    assertThat(damaged.errLines()).singleElement().asString()
        .contains("summary.json:3: not JSON");

    Files.delete(directory.resolve("summary.json"));
    Typed missing = report();
    assertThat(missing.exitCode()).isEqualTo(3);
    assertThat(missing.errLines()).singleElement().asString()
        .contains("summary.json: the file is missing");
  }

  @Test
  void shouldExitWithFourWhenTheSchemaIsAnother() throws IOException {
    Path summary = directory.resolve("summary.json");
    Files.writeString(
        summary, Files.readString(summary).replace("\"schema\": 1", "\"schema\": 2"));

    assertThat(report().exitCode()).isEqualTo(4);
    assertThat(report().err()).contains("schema 2").contains("schema 1");
  }

  @Test
  void shouldWriteTracesOfTheFormsWhenTheyAreNamed() {
    Path traced = run("--trace", "perfetto", "--trace", "ftrace", BROKEN);
    assertThat(traced.toFile().list())
        .contains("trace.perfetto-trace", "trace.ftrace.txt")
        .doesNotContain("trace.csv");
    assertThat(run("--trace", BROKEN).toFile().list())
        .contains("trace.csv")
        .doesNotContain("trace.ftrace.txt");
  }

  @Test
  void shouldBeReadByReplayWhenTheTraceIsAKernelText() {
    Path traced = run("scenarios/01-unmap-one-page.conf", "--trace", "ftrace");
    Recording recording = TraceReader.read(traced.resolve("trace.ftrace.txt"));

    assertThat(Trouble.values())
        .allSatisfy(trouble -> assertThat(recording.reading().count(trouble)).isZero());
    List<String> kinds =
        recording.events().stream().map(event -> event.getClass().getSimpleName()).toList();
    assertThat(kinds).contains("SyscallEnter", "SyscallExit", "TlbFlush", "SchedSwitch");
    assertThat(recording.events())
        .filteredOn(event -> event instanceof TraceEvent.SyscallEnter)
        .allSatisfy(event -> assertThat(event.stamp().atPs()).isPositive());
  }

  @Test
  void shouldReplayAsManyInterruptsAsTheRunHadWhenItsKernelTextIsReplayed() {
    Path traced = run("scenarios/01-unmap-one-page.conf", "--trace", "ftrace");
    Recording recording = TraceReader.read(traced.resolve("trace.ftrace.txt"));
    try (SystemPool pool = new SystemPool()) {
      Comparison comparison =
          new Replay(pool, ReplayMachine.profile("two-socket-ats", List.of()))
              .compare("t", recording);
      assertThat(comparison.recorded().queued()).isEqualTo(3);
      assertThat(comparison.simulated().ipis()).isEqualTo(3);
      assertThat(comparison.remarks()).hasSize(1);
    }
  }

  @Test
  void shouldTellInterruptsInKernelWordsWhenCpusFlushEachOther() {
    Path traced = run("scenarios/03-era-b-mremap.conf:era-b", "--trace", "ftrace");
    Recording recording = TraceReader.read(traced.resolve("trace.ftrace.txt"));

    assertThat(recording.reading().count(Trouble.UNREADABLE_LINE)).isZero();
    assertThat(recording.reading().count(Trouble.UNREADABLE_PAYLOAD)).isZero();
    assertThat(recording.events())
        .extracting(event -> event.getClass().getSimpleName())
        .contains("CsdQueue", "CallEntry", "CallExit", "TlbFlush");
  }

  @Test
  void shouldRefuseTheFormWhenItIsMisspelt() {
    Typed typed = Typed.inProject("run", BROKEN, "--trace=perfeto", "--out", out.toString());

    assertThat(typed.exitCode()).isEqualTo(2);
    assertThat(typed.errLines()).singleElement().asString().contains("perfeto", "--trace");
  }
}
