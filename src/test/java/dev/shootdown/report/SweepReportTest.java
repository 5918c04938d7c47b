package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepReportTest {
  private static final String INDEX =
      "point,repetition,pages,policy,seed,verdict,findings,fingerprint,failure,reproduce\n";
  private static final String SUMMARY =
      "point,pages,policy,metric,n,mean,deviation,half_width_95,low_95,high_95\n";

  @TempDir private Path directory;

  /** Two axes of so many levels; the figure is 1 µs · column · row. */
  private Report sweep(int columns, int rows) throws IOException {
    StringBuilder index = new StringBuilder(INDEX);
    StringBuilder summary = new StringBuilder(SUMMARY);
    for (int i = 0; i < columns * rows; i++) {
      String id = String.format(Locale.ROOT, "p%05d", i);
      String levels = (i % columns + 1) + ",<b>" + (i / columns);
      index.append(id).append(",0,").append(levels)
          .append(",1,clean,0,aa,,./shootdown sweep s --only ").append(id).append(".0\n");
      index.append(id).append(",1,").append(levels).append(",2,stale-use,1,bb,,again ").append(id)
          .append('\n');
      long mean = 1_000_000L * (i % columns + 1) * (i / columns + 1);
      summary.append(id).append(',').append(levels).append(",munmap.latency_p99_ps,2,").append(mean)
          .append(",1,100000,0,0\n");
    }
    Files.writeString(directory.resolve("index.csv"), index);
    Files.writeString(directory.resolve("summary.csv"), summary);
    Files.writeString(directory.resolve("findings.txt"), "Pages move it most.\n");
    return Report.open(directory);
  }

  @Test
  void shouldDrawLinesWithIntervalsAndAMapWhenThereAreTwoAxes() throws IOException {
    String page = sweep(3, 2).html();

    assertThat(page)
        .contains("Pages move it most.", "6 points, 12 runs", "stale-use")
        .contains("data-t=\"pages = 3, policy = &lt;b&gt;1: 6 ± 0.1 µs (p00005)\"")
        .contains("data-t=\"pages = 3, policy = &lt;b&gt;1: 6 µs (p00005, ± 0.1)\"")
        .doesNotContain("<b>");
  }

  @Test
  void shouldHoldEveryPointWhenOneIsLookedUp() throws IOException {
    String page = sweep(3, 2).html();
    String data = page.substring(page.indexOf("id=\"points-data\">") + 17);
    Node tree = Node.read("page", data.substring(0, data.indexOf("</script>")));

    assertThat(tree.names()).containsExactly("axes", "command", "metrics", "points", "runs");
    assertThat(tree.shown("points")).contains("p00004, 1 clean, 1 stale-use, 4.0");
    assertThat(tree.shown("command")).isEqualTo("[./shootdown sweep s --only p0000]");
  }

  @Test
  void shouldLinkToThePagesOfRunsWhenTheyWereAskedFor() throws IOException {
    sweep(2, 1);
    Path run = Files.createDirectories(directory.resolve("runs/p00001-r0"));
    assertThat(Report.open(directory).html()).contains("\"runs\":{},");

    Files.writeString(run.resolve(Report.FILE), "a page");
    assertThat(Report.open(directory).html())
        .contains("\"runs\":{\"p00001\":[\"runs/p00001-r0/report.html\"]},");
  }

  @Test
  void shouldBeginWithWhatWasExpectedWhenTheSweepSaysSo() throws IOException {
    sweep(2, 1);
    Files.writeString(
        directory.resolve("sweep.json"),
        """
        {"schema": 1, "id": "s-sweep-1", "title": "What <i>it</i> costs", "question": "How much?",
         "expected": "clean", "unexpected_runs": 2, "figures": ["munmap.latency_p99_ps"],
         "reproduce": "./shootdown sweep s --axis 'a=1,2'"}
        """);
    String page = Report.open(directory).html();

    assertThat(page)
        .contains(
            "<p class=\"verdict unmet\"><span class=\"mark\" aria-hidden=\"true\">✗</span>"
                + " 2 clean, 2 stale-use <small>2 runs against what was expected: clean</small>",
            "<h1>What &lt;i&gt;it&lt;/i&gt; costs</h1>", "<p>How much?</p>",
            "./shootdown sweep s --axis &#39;a=1,2&#39;");
    assertThat(Report.open(directory).title()).isEqualTo("What <i>it</i> costs");
  }

  /** Two levels of policy, whose latencies are 1 µs and 3 µs, a hundred of each. */
  @Test
  void shouldDrawLatenciesAndBarsByLevelWhenTheSweepKeptThem() throws IOException {
    sweep(1, 2);
    StringBuilder histograms = new StringBuilder("point,kind,count,min_ns,max_ns,payload\n");
    StringBuilder summary = new StringBuilder(SUMMARY);
    for (int i = 0; i < 2; i++) {
      Latencies latencies = new Latencies();
      for (int k = 0; k < 100; k++) {
        latencies.record((1 + 2 * i) * 1_000_000L);
      }
      histograms.append("p0000").append(i).append(",munmap,100,1,3,")
          .append(Base64.getEncoder().encodeToString(latencies.payload())).append('\n');
      summary.append("p0000").append(i).append(",1,<b>").append(i)
          .append(",munmap.account_ack_wait_ps,3,").append(i + 1).append("000000,0,0,0,0\n");
    }
    Files.writeString(directory.resolve("histograms.csv"), histograms);
    Files.writeString(directory.resolve("summary.csv"), summary);
    String page = Report.open(directory).html();

    assertThat(page)
        .contains(
            "policy = &lt;b&gt;1 (n = 100)",
            "p99: 3.001 us, 95 % interval 3.001 us to 3.001 us",
            "&lt;b&gt;1, ack-wait: 2.000 us (2000000 ps), 100.0 %");
    assertThat(TableWriter.text(Report.open(directory).tables()))
        .containsPattern("munmap +policy = <b>0 +100 +1\\.000 \\(1\\.000 to 1\\.000\\)");

    // A damaged beginning of what is packed: it is to be refused by the file's name.
    Files.writeString(
        directory.resolve("histograms.csv"), histograms.toString().replace("HIST", "XXXX"));
    assertThatThrownBy(() -> Report.open(directory).html())
        .isInstanceOf(UnreadableResult.class)
        .hasMessageContaining("histograms.csv");
  }

  @Test
  void shouldGiveMeansWithIntervalsWhenPrintedAsText() throws IOException {
    assertThat(TableWriter.text(sweep(3, 2).tables()))
        .containsPattern("p00005 +3 +<b>1 +1 clean, 1 stale-use +6000000 ± 100000");
  }

  /** The figure is 1 µs · column · row, so that the line goes down in steps from the right. */
  @Test
  void shouldDrawALineBetweenPointsOnBothSidesWhenThereIsABoundary() throws IOException {
    sweep(3, 2);
    Files.writeString(
        directory.resolve("boundary.csv"),
        "policy,figure,above,along,points,points_beyond,first_is_beyond,from,to\n"
            + "<b>0,munmap.latency_p99_ps,2500000,pages,3,1,false,2,3\n");
    String page = Report.open(directory).html();

    assertThat(page)
        .contains("The red line parts points where munmap.latency_p99_ps is above 2500000",
            "Where the boundary lies");
    // Right of column 2 in row 0, right of column 1 in row 1, and below row 0 in column 2.
    assertThat(page.split("<line class=\"border\"", -1)).hasSize(1 + 3);
    assertThat(TableWriter.text(Report.open(directory).tables())).contains("points_beyond");
  }

  @Test
  void shouldStaySmallWhenThereAreTenThousandPoints() throws IOException {
    String page = sweep(100, 100).html();

    assertThat(page.length()).isBetween(1_000_000, 5_000_000);
    assertThat(page).contains("p09999");
  }

  @Test
  void shouldNameTheSweepAndThePointWhenCommandsAreManyAndLong() throws IOException {
    sweep(40, 40);
    Path index = directory.resolve("index.csv");
    String tail = "y".repeat(1000) + ".0\n";
    Files.writeString(index, Files.readString(index).replace(".0\n", tail));
    Files.writeString(
        directory.resolve("sweep.json"),
        """
        {"schema": 1, "id": "i", "title": "t", "question": "", "expected": null,
         "unexpected_runs": 0, "figures": [], "reproduce": "./shootdown sweep long"}
        """);
    String page = Report.open(directory).html();

    assertThat(page).contains("\"command\":[\"./shootdown sweep long --only \"]");
    assertThat(page.length()).isLessThan(1_500_000);
  }

  @Test
  void shouldSayWhatIsWrongWhereWhenATableIsDamaged() throws IOException {
    sweep(2, 2);
    Path summary = directory.resolve("summary.csv");
    Files.writeString(summary, Files.readString(summary).replaceFirst("1000000", "much"));
    assertThatThrownBy(() -> Report.open(directory))
        .isInstanceOf(UnreadableResult.class)
        .hasMessageContaining("summary.csv:2: \"mean\" is \"much\"");

    Files.delete(summary);
    assertThatThrownBy(() -> Report.open(directory))
        .hasMessageContaining("summary.csv: the file is missing");

    Files.writeString(directory.resolve("index.csv"), "point,seed\np1,1\n");
    assertThatThrownBy(() -> Report.open(directory))
        .isInstanceOf(UnreadableResult.class)
        .hasMessageContaining("index.csv:1");
  }
}
