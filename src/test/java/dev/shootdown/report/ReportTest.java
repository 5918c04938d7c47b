package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private static final String EVIL = "A </script><script>alert(1)</script> & \"b\" {{style}}";

  @TempDir private Path parent;

  private final Records run = new Records();
  private Path directory;

  @BeforeEach
  void write() {
    run.title = EVIL;
    run.machine =
        "{\"schema\":1,\"parts\":[{\"name\":\"cpu0\",\"type\":\"cpu\",\"socket\":0},"
            + "{\"name\":\"iommu0\",\"type\":\"iommu\",\"socket\":1},"
            + "{\"name\":\"dev0\",\"type\":\"ats-device\",\"socket\":1,\"behind\":\"iommu0\"}]}";
    run.config = "run {  # reference.conf:1\n  workers = 3  # -D\n  seed = 7  # a.conf:2\n}\n";
    run.state(500, "dev0", new MachineFact.Filled(1, 5, 7, true, 400))
        .state(
            600, "app.pt",
            new MachineFact.PtesChanged(
                1, MachineFact.Change.CLEARED, List.of(5L), List.of(7L), 600, 0))
        .munmap(1, 1000)
        .state(
            3_500_000, "dev0",
            new MachineFact.Dropped(1, PageRange.of(5), MachineFact.Cause.INVALIDATED));
    directory = ResultDirectory.write(parent, run.record(), false);
  }

  private String page() throws IOException {
    return Files.readString(directory.resolve("report.html"));
  }

  /** One is served after 2 µs, another is refused after 3 µs: nothing comes on for 2 µs at most. */
  @Test
  void shouldTellWaitsAndTimeWithoutProgressWhenFaultsWereServed() throws IOException {
    assertThat(page()).doesNotContain("without progress");

    Records faults =
        new Records()
            .state(1_000_000, "dev0", new MachineFact.FaultRaised(1, 0, 7, true))
            .state(1_000_000, "dev0", new MachineFact.FaultRaised(2, 0, 8, true))
            .state(2_000_000, "dev0", new MachineFact.FaultRetried(1))
            .state(
                3_000_000, "dev0",
                new MachineFact.FaultResolved(1, MachineFact.Resolution.SERVED))
            .state(
                4_000_000, "dev0",
                new MachineFact.FaultResolved(2, MachineFact.Resolution.FAILED));
    Report report =
        Report.open(
            ResultDirectory.write(Files.createDirectory(parent.resolve("f")), faults.record(),
                false));

    assertThat(report.html())
        .contains(
            "Of 2 faults that software had to serve, 1 were served; the longest wait was 3.000 us,"
                + " the longest time without progress 2.000 us.");
    assertThat(TableWriter.text(report.tables()))
        .containsPattern("2 +1 +1 +0 +0\\.500 +2\\.000 +3\\.000 +3\\.000 +2\\.000\n");
  }

  @Test
  void shouldGiveTheSameBytesWhenItIsMadeAgainFromTheFiles() throws IOException {
    String first = page();
    Files.delete(directory.resolve("report.html"));

    assertThat(Report.open(directory).write()).hasContent(first);
  }

  @Test
  void shouldFetchNothingWhenItIsOpened() throws IOException {
    assertThat(page())
        .doesNotContainPattern(Pattern.compile("(src|href)\\s*=\\s*\"(?!#|data:)"))
        .doesNotContain("http://", "https://", "@import", "fetch(", "XMLHttpRequest");
  }

  @Test
  void shouldEscapeTextsWhenTheyLookLikeMarkup() throws IOException {
    assertThat(page())
        .doesNotContain("<script>alert")
        .contains("&lt;/script&gt;&lt;script&gt;alert(1)")
        .containsOnlyOnce("</script>");
  }

  @Test
  void shouldBeginWithTheVerdictWhenItIsRead() throws IOException {
    String page = page();
    String main = page.substring(page.indexOf("<main"));

    assertThat(main.indexOf("stale-use")).isLessThan(main.indexOf("<h1>"));
    assertThat(main.indexOf("<h1>")).isLessThan(main.indexOf("<section"));
    assertThat(main).contains("1 finding at 3.001 us");
  }

  @Test
  void shouldHaveEverySectionWhenThereIsSomethingToTell() throws IOException {
    assertThat(page())
        .contains(
            "id=\"findings\"", "id=\"machine\"", "id=\"latency\"", "id=\"cost\"",
            "id=\"exposure\"", "id=\"occupancy\"", "id=\"configuration\"", "id=\"reproduce\"",
            "STILL HOLDS IT", "elapsed time, ", "virtual time, ", "a.conf:2");
  }

  @Test
  void shouldTellTheValueOfTheFilesWhenAMarkIsPointedAt() throws IOException {
    assertThat(Files.readString(directory.resolve("ledger.csv"))).contains(",3000000,");
    assertThat(page()).contains("data-t=\"munmap max: 3.000 us (3000000 ps), operation 1 on cpu0");
  }

  @Test
  void shouldLeaveOutWorkerThreadsWhenConfigurationIsTold() throws IOException {
    assertThat(page()).contains("run.seed").doesNotContain("run.workers");
  }

  @Test
  void shouldDrawWithoutDuplicateIdsWhenAllSectionsAreThere() throws IOException {
    assertThat(Pattern.compile(" id=\"([^\"]+)\"").matcher(page()).results().map(r -> r.group(1)))
        .doesNotHaveDuplicates();
  }

  @Test
  void shouldStillBeWrittenWhenNothingHappened() throws IOException {
    Path empty = ResultDirectory.write(parent.resolve("empty"), new Records().record(), false);

    assertThat(Files.readString(empty.resolve("report.html")))
        .contains("clean", "None.", "No operation was over");
    assertThat(Report.open(empty).tables()).isNotEmpty();
  }

  @Test
  void shouldSayWhatIsWrongWhereWhenAFileIsMissingOrChanged() throws IOException {
    Path ledger = directory.resolve("ledger.csv");
    Files.writeString(ledger, Files.readString(ledger).replace("3000000", "2999999"));
    assertThatThrownBy(() -> Report.open(directory))
        .isInstanceOfSatisfying(
            UnreadableResult.class,
            wrong -> assertThat(wrong.kind()).isEqualTo(UnreadableResult.Kind.DAMAGED))
        .hasMessageContaining("ledger.csv: is not what the run wrote");

    Files.delete(ledger);
    assertThatThrownBy(() -> Report.open(directory))
        .hasMessageContaining("ledger.csv: the file is missing");
  }

  @Test
  void shouldRefuseWhenTheSchemaIsAnother() throws IOException {
    Path summary = directory.resolve("summary.json");
    Files.writeString(
        summary, Files.readString(summary).replace("\"schema\": 1", "\"schema\": 9"));

    assertThatThrownBy(() -> Report.open(directory))
        .isInstanceOfSatisfying(
            UnreadableResult.class,
            wrong -> assertThat(wrong.kind()).isEqualTo(UnreadableResult.Kind.OTHER_SCHEMA))
        .hasMessageContaining("summary.json: has schema 9");
  }

  @Test
  void shouldSayHowToGoOnWhenASweepWasKilled() throws IOException {
    Files.createFile(parent.resolve("sweep.sqlite"));

    assertThatThrownBy(() -> Report.open(parent))
        .isInstanceOf(UnreadableResult.class)
        .hasMessageContaining("the sweep with --resume writes them");
  }

  @Test
  void shouldRefuseWhenTheDirectoryHoldsNoResults() {
    for (Path none : new Path[] {parent, parent.resolve("nowhere")}) {
      assertThatThrownBy(() -> Report.open(none))
          .isInstanceOfSatisfying(
              UnreadableResult.class,
              wrong -> assertThat(wrong.kind()).isEqualTo(UnreadableResult.Kind.NOT_RESULTS));
    }
  }
}
