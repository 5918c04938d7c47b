package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayVerbTest {
  private static final String TRACE = "scenarios/traces/ping-dontneed.trace-cmd.txt.gz";

  @TempDir Path directory;

  @Test
  void shouldPrintRecordedBesideSimulatedAndSayWhatItCannotSay() {
    Typed typed = Typed.inProject("replay", TRACE);
    assertThat(typed.exitCode()).isZero();
    assertThat(typed.out()).contains("flush IPIs of these operations: recorded 129, simulated 128")
        .contains("flush IPIs of the whole trace: recorded 129 for 129 intents")
        .contains("this workload would have spent").contains("open loop");
    assertThat(typed.outLines()).anyMatch(line -> line.startsWith("dontneed         all  129"));
    // A size with a single sample says nothing, so it has no line.
    assertThat(typed.outLines()).noneMatch(line -> line.startsWith("dontneed        2043"));
  }

  @Test
  void shouldAddALinePerConfigurationWhenAskedWhatIf() {
    Typed typed = Typed.inProject("replay", TRACE, "--what-if",
        "era=C,consumer=smmu-ats", "--what-if", "policy=exact", "--what-if",
        "consumer=two-socket-ats");
    assertThat(typed.exitCode()).isZero();
    assertThat(typed.outLines())
        .anyMatch(line -> line.endsWith("  guest-2vcpu-traced"))
        .anyMatch(line -> line.endsWith("  era=C,consumer=smmu-ats"))
        .anyMatch(line -> line.endsWith("  policy=exact"))
        .anyMatch(line -> line.endsWith("  consumer=two-socket-ats"));
  }

  @Test
  void shouldWriteEqualFilesWhenAskedTwice() throws IOException {
    Path out = directory.resolve("r");
    Typed first = Typed.inProject("replay", TRACE, "--out", out.toString(), "--format", "json");
    assertThat(first.exitCode()).isZero();
    assertThat(first.out()).startsWith("{\n  \"schema\": 2,\n");
    assertThat(Files.readString(out.resolve("replay.json"))).isEqualTo(first.out());
    assertThat(Files.readString(out.resolve("replay.html")))
        .contains("<td>dontneed</td><td>all</td><td>129</td>", "open loop")
        .doesNotContain("<script", "http");
    String rows = Files.readString(out.resolve("replay.csv"));
    assertThat(rows).startsWith("operation,pages,n,recorded_p10_ns,")
        .contains("\ndontneed,all,129");
    assertThat(Files.readString(out.resolve("what-if.csv")).lines()).hasSize(2);
    assertThat(Typed.inProject("replay", TRACE, "--out", out.toString()).exitCode()).isEqualTo(3);
    Typed again =
        Typed.inProject("replay", TRACE, "--out", out.toString(), "--force", "--format", "csv");
    assertThat(again.exitCode()).isZero();
    assertThat(Files.readString(out.resolve("replay.csv"))).isEqualTo(rows).isEqualTo(again.out());
  }

  @Test
  void shouldReplayToTheSameFingerprintWhenItsExportIsReplayed() {
    Path file = directory.resolve("causes.txt.gz");
    Typed first = Typed.inProject("replay", TRACE, "--export", file.toString());
    assertThat(first.exitCode()).isZero();
    Typed again = Typed.inProject("replay", file.toString());
    assertThat(fingerprint(again)).startsWith("fingerprint ").isEqualTo(fingerprint(first));
    assertThat(Typed.inProject("replay", TRACE, "--export", file.toString()).exitCode())
        .isEqualTo(3);
  }

  private static String fingerprint(Typed typed) {
    return typed.outLines().stream().filter(line -> line.startsWith("fingerprint "))
        .findFirst().orElseThrow();
  }

  @Test
  void shouldCheckTheTraceItself() {
    Typed typed = Typed.inProject("replay", "--check", TRACE);
    assertThat(typed.exitCode()).isZero();
    assertThat(typed.out()).contains("flush-missing").contains("cannot show: no event of an IOMMU")
        .endsWith("clean, as far as it shows\n");
    assertThat(Typed.inProject("replay", "--check", TRACE, "--format", "json").out())
        .contains("\"violation\": false");
  }

  @Test
  void shouldExitAsAViolationWhenAnUnmapTookMoreThanAskedFor() throws IOException {
    Path trace = Files.writeString(directory.resolve("t.txt"),
        " dma-9 [000] 1.000001: unmap: IOMMU: iova=0x10000 - 0x12000 size=8192"
            + " unmapped_size=2097152\n");
    Typed typed = Typed.inProject("replay", "--check", trace.toString());
    assertThat(typed.exitCode()).isEqualTo(10);
    assertThat(typed.out()).contains("t.txt:1: unmap-size: ");
  }

  @Test
  void shouldSayWhatIsInATraceWhenAskedForASummary() {
    Typed typed = Typed.inProject("replay", "--summary", TRACE);
    assertThat(typed.exitCode()).isZero();
    assertThat(typed.outLines().get(0)).startsWith("trace-cmd report: ").endsWith(" 2 CPUs");
    assertThat(typed.out()).contains("       414  tlb_flush").contains("8 events of no use here");
    assertThat(typed.err()).matches("read in [0-9.]+ s of CPU time, [0-9,]+ lines/s\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--what-if era", "--what-if kernel.no-such-key=1",
      "--format pdf", "--check --format html",
      "--events 0", "--from 5 --until 4", "--check --out x", "--check --summary",
      "--from 1 --until 2", "--what-if profile=nobody", "--check --export x",
      "--what-if consumer=kvm", "--what-if policy=widened"})
  void shouldRefuseInOneLineWithoutAStackTrace(String options) {
    String[] words = ("replay " + TRACE + " " + options).split(" ");
    Typed typed = Typed.inProject(words);
    assertThat(typed.exitCode()).isEqualTo(2);
    assertThat(typed.out()).isEmpty();
    assertThat(typed.errLines()).hasSize(1);
    assertThat(typed.err()).doesNotContain("Exception");
  }
}
