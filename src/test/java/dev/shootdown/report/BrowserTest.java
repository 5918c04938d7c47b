package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks at the pages as people do. Skipped where there is no Chromium on the path. */
class BrowserTest {
  @TempDir private Path parent;
  @TempDir private Path profile;

  private Chromium browser;

  @BeforeEach
  void start() throws Exception {
    Optional<Path> program = Chromium.find();
    assumeTrue(program.isPresent(), "no chromium on the PATH: the pages are not looked at");
    browser = Chromium.start(program.get(), profile);
  }

  @AfterEach
  void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  private Path run() {
    return ResultDirectory.write(parent, new Records().staleUse().munmap(2, 4_000_000).record(),
        false);
  }

  private String tip() throws Exception {
    return browser.eval("document.getElementById('tip').hidden ? '' : "
        + "document.getElementById('tip').textContent");
  }

  @Test
  void shouldShowTheVerdictWithoutComplaintsWhenAPageIsOpened() throws Exception {
    browser.open(run().resolve("report.html"));

    assertThat(browser.eval("document.querySelector('.verdict').textContent"))
        .contains("stale-use");
    assertThat(browser.eval("document.querySelectorAll('svg.plot').length")).isNotEqualTo("0");
    assertThat(browser.eval("document.documentElement.scrollWidth <= window.innerWidth"))
        .as("fits the window").isEqualTo("true");
    assertThat(browser.eval("performance.getEntriesByType('resource').length"))
        .as("files fetched").isEqualTo("0");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void shouldShowTheValueOfTheFileWhenAMarkIsPointedAt() throws Exception {
    Path directory = run();
    CsvTable ledger =
        CsvTable.read("ledger.csv", Files.readString(directory.resolve("ledger.csv")));
    long slowestPs =
        ledger.rows().stream().mapToLong(row -> row.number("elapsed_ps")).max().orElseThrow();
    browser.open(directory.resolve("report.html"));
    assertThat(tip()).isEmpty();

    browser.point("#latency path.m:last-of-type");

    assertThat(tip()).startsWith("munmap max: ").contains("(" + slowestPs + " ps)");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void shouldGoAlongTheMarksWhenArrowsArePressed() throws Exception {
    browser.open(run().resolve("report.html"));
    browser.eval("document.querySelector('#cost .m').focus()");
    String first = tip();
    browser.press("ArrowRight");
    String second = tip();
    browser.press("Escape");

    assertThat(first).startsWith("munmap, software: 1.000 us (1000000 ps)");
    assertThat(second).startsWith("munmap, ack-wait: 2.000 us (2000000 ps)");
    assertThat(tip()).isEmpty();
    assertThat(browser.eval("document.activeElement.getAttribute('aria-label')"))
        .isEqualTo(second);
  }

  @Test
  void shouldShowAPointsFiguresWhenItIsChosenInASweep() throws Exception {
    Files.writeString(
        parent.resolve("index.csv"),
        """
        point,repetition,pages,seed,verdict,findings,fingerprint,failure,reproduce
        p00000,0,1,1,clean,0,aa,,./shootdown sweep s --only p00000.0
        p00001,0,2,1,clean,0,bb,,./shootdown sweep s --only p00001.0
        """);
    Files.writeString(
        parent.resolve("summary.csv"),
        """
        point,pages,metric,n,mean,deviation,half_width_95,low_95,high_95
        p00000,1,munmap.latency_p99_ps,1,1500000,,,,
        p00001,2,munmap.latency_p99_ps,1,2500000,,,,
        """);
    browser.open(Report.open(parent).write());
    browser.eval(
        "(function(){var s=document.getElementById('point');s.value='1';"
            + "s.dispatchEvent(new Event('change'))})()");

    assertThat(browser.eval("document.getElementById('point-figures').textContent"))
        .contains("p00001", "./shootdown sweep s --only p00001.0", "munmap.latency_p99_ps2500000");
    assertThat(browser.complaints()).isEmpty();
  }
}
