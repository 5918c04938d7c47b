package dev.shootdown.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.audit.Matrix.Judged;
import dev.shootdown.config.ConfigProblems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cells come to whose answer takes more than one look. */
class CellVerdictTest {
  private final AuditSpec spec = Small.shipped().withBudget(2);

  private Matrix.Cell cell(String name) {
    CellName cell = CellName.parse(name);
    Matrix matrix = Small.audited(spec, Selection.of(cell), 1);
    return Small.cell(matrix, name);
  }

  /** Within the announced window it may; Intel's driver of era B takes everything for nothing. */
  @Test
  void shouldSeeADeviceAtWorkBehindTheQueuesFlush() {
    Matrix.Cell decoded = cell("soft-dirty/B:deferred/smmu-ats");
    assertThat(decoded.judged()).isEqualTo(Judged.SAFE);

    Matrix.Cell overflowed = cell("soft-dirty/B:deferred/vtd-ats");
    assertThat(overflowed.judged()).isEqualTo(Judged.UNSAFE);
    assertThat(overflowed.because()).contains("used after the call that revoked it had returned");
  }

  /** Its own flush comes in time; what comes too late is that of a copy on write afterwards. */
  @Test
  void shouldSayWhenWhatRunsBesideARowsOperationIsAtFault() {
    Matrix.Cell fork = cell("fork/B:after-ptl/vtd-ats");

    assertThat(fork.judged()).isEqualTo(Judged.UNSAFE);
    assertThat(fork.because()).startsWith("beside fork, by fault: iommu0, mm 0,");
    assertThat(fork.result().shown().orElseThrow().schedule()).isEqualTo(1);
    assertThat(fork.result().tried().schedules())
        .as("goes on to look for its own").isEqualTo(2);
    assertThat(cell("mremap/B/vtd-ats").because()).as("a truncate frees the page")
        .startsWith("iommu0, mm 0");
  }

  /** Somebody may write again, so that pte_same fails: nothing is merged, and nothing is lost. */
  @Test
  void shouldNotCallAMergeUnsafeThatIsGivenUp() {
    Matrix matrix =
        Small.audited(
            spec.withBudget(6), Selection.of(CellName.parse("ksm-merge/B:both/vtd-ats")), 1);

    assertThat(matrix.counts()).containsOnlyKeys(Judged.SAFE);
  }

  @Test
  void shouldCallAFlushThatGoesThroughAllPagesALivelock() {
    Matrix.Cell fork = cell("fork/C:power/ocxl");

    assertThat(fork.judged()).isEqualTo(Judged.LIVELOCK);
    assertThat(fork.because()).contains("in fork was going through 2^45 pages one by one");
    assertThat(fork.result().shown().orElseThrow().verdict()).isEqualTo("no-progress");
    assertThat(CellTelling.of(fork)).contains("./shootdown audit --explain fork/C:power/ocxl")
        .contains("IS AT IT STILL").doesNotContainPattern("(?m)^no-progress: .{70}");
  }

  @Test
  void shouldWaitForAFlushOfManyPagesThatEnds() {
    assertThat(cell("huge-split/B:under-ptl/ocxl").judged())
        .as("clean, as it would be without the flush").isEqualTo(Judged.REDUNDANT);
  }

  @Test
  void shouldTryTheOrderOfStepsThatAWitnessMisses() {
    String witness =
        cell("mremap/B/vtd-ats").result().shown().orElseThrow().witness();

    assertThat(witness.replaceAll("\\s+", " "))
        .contains("checked: with a wait for the flush of mremap before each page-free or"
            + " cache-drop in truncate: clean, in the same schedule")
        .contains("put one before SEC-INV in mremap")
        .contains("the PTE step in move_ptes()");
  }

  @Test
  void shouldSayThatARowIsMeantWhenACellHasNone() {
    assertThatThrownBy(() -> cell("C1/B/vtd-ats"))
        .hasMessageContaining("there is no row 'C1'").hasMessageContaining("munmap");
  }

  @Test
  void shouldNameTheLineOfARowWhoseAreaOrSiteIsUnknown(@TempDir Path dir) throws IOException {
    Path file =
        Files.writeString(
            dir.resolve("rows.conf"),
            """
            audit.rows.mine {
              path = munmap
              site = C77
              accesses = [ { area = b, page = 0, access = read } ]
              overlay.processes = [
                { name = app, areas = [ { name = a, at = "0x7f0000000000", pages = 2 } ] } ]
            }
            """);

    assertThatThrownBy(() -> Small.of(file))
        .isInstanceOfSatisfying(
            ConfigProblems.class,
            refused ->
                assertThat(refused.problems().stream().map(each -> each.line()).toList())
                    .isEqualTo(
                        List.of(
                            "rows.conf:3: audit.rows.mine.site: 'C77' is no call site; write C1"
                                + " to C24, or none",
                            "rows.conf:4: audit.rows.mine.accesses[0].area: no process of the row"
                                + " has an area 'b'; there are [a]")));
  }
}
