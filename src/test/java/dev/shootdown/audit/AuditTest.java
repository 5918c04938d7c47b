package dev.shootdown.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.audit.Matrix.Judged;
import dev.shootdown.engine.StopFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
  private final AuditSpec spec = Small.shipped().withBudget(6);

  @Test
  void shouldFindTheLateFlushWhenMremapRacesWithTruncateInEraB() {
    Matrix matrix =
        Small.audited(
            spec, Small.sites(List.of("=mremap"), List.of("vtd-ats"), List.of("B", "C")), 1);

    Matrix.Cell before = Small.cell(matrix, "mremap/B/vtd-ats");
    assertThat(before.judged()).isEqualTo(Judged.UNSAFE);
    CellResult.Shown shown = before.result().shown().orElseThrow();
    assertThat(shown.verdict()).isEqualTo("stale-use");
    assertThat(shown.witness())
        .contains("PAGE-FREE", "SEC-INV", "came too late",
            "./shootdown audit --explain mremap/B/vtd-ats");
    Matrix.Cell after = Small.cell(matrix, "mremap/C:x86/vtd-ats");
    assertThat(after.judged()).isEqualTo(Judged.SAFE);
    assertThat(after.result().tried().schedules()).isEqualTo(6);
    assertThat(after.result().tried().late()).isEqualTo(3);
    assertThat(MatrixText.difference(matrix, before.column(), after.column()))
        .contains("C5 mremap, vtd-ats: unsafe becomes safe");
  }

  @Test
  void shouldCountTheFormulasRequestsWhenOperationsAreSimple() {
    Matrix matrix =
        Small.audited(
            spec.withBudget(1),
            Small.sites(
                List.of("=munmap", "=ksm-merge", "=fork", "=mremap", "=hugetlb-cow"),
                List.of("vtd-ats"),
                List.of("A", "B", "C:x86")),
            2);

    for (Matrix.Cell cell : matrix.cells()) {
      Matrix.formula(cell).ifPresent(
          wanted ->
              assertThat(cell.result().cost().requestsPerOperation())
                  .as(cell.result().name().text()).isEqualTo(wanted.doubleValue()));
    }
    assertThat(matrix.cells()).hasSize(15);
  }

  /** In era C as well, whose kernels can't be had without a flush. */
  @Test
  void shouldCallAFlushRedundantWhenItsLackChangesNoOutcome() {
    Matrix matrix =
        Small.audited(
            spec.withBudget(3),
            Small.sites(
                List.of("=upgrade", "=huge-split", "=munmap"), List.of("vtd-ats", "kvm"),
                List.of("B:both", "C:x86")),
            2);

    for (String column : List.of("B:both", "C:x86")) {
      Matrix.Cell split = Small.cell(matrix, "huge-split/" + column + "/vtd-ats");
      assertThat(split.judged()).isEqualTo(Judged.REDUNDANT);
      assertThat(split.because()).isEqualTo("without its flush it is as clean in 3 schedules");
      assertThat(Small.cell(matrix, "munmap/" + column + "/vtd-ats").judged())
          .as("a device would keep the page").isEqualTo(Judged.SAFE);
      assertThat(Small.cell(matrix, "upgrade/" + column + "/vtd-ats").judged())
          .as("nothing is flushed").isEqualTo(Judged.SAFE);
      assertThat(Small.cell(matrix, "munmap/" + column + "/kvm").judged())
          .as("no secondary TLB is there").isEqualTo(Judged.SAFE);
    }
  }

  /** What a walker fills after the start, no flush at the start takes away (1897bdc4d331). */
  @Test
  void shouldJudgeAPolicyThatAUserAdds(@TempDir Path dir) throws IOException {
    Path file =
        Files.writeString(
            dir.resolve("early.conf"),
            """
            policies {
              too-early { flush = [ { at = at-start } ] }
              twice { flush = [ { at = under-ptl }, { at = under-ptl } ] }
              unheard { own-steps = true, subscribers = never }
            }
            audit.columns {
              "B:too-early" { era = B, policy = too-early }
              "B:twice" { era = B, policy = twice }
              "B:unheard" { era = B, policy = unheard }
            }
            """);
    AuditSpec own = Small.of(file).withBudget(2);
    Matrix matrix =
        Small.audited(
            own,
            Small.sites(
                List.of("=munmap"), List.of("vtd-ats", "kvm"),
                List.of("B", "B:too-early", "B:twice", "B:unheard", "B:under-ptl")),
            1);

    assertThat(own.policies()).contains("too-early", "twice", "era", "arch");
    assertThat(Small.cell(matrix, "munmap/B:too-early/vtd-ats").judged())
        .isEqualTo(Judged.UNSAFE);
    assertThat(Small.cell(matrix, "munmap/B:too-early/kvm").judged()).isEqualTo(Judged.SAFE);
    assertThat(Small.cell(matrix, "munmap/B:unheard/vtd-ats").judged()).isEqualTo(Judged.SAFE);
    assertThat(Small.cell(matrix, "munmap/B:unheard/kvm").judged()).isEqualTo(Judged.UNSAFE);
    assertThat(requests(matrix, "B:twice")).isEqualTo(2 * requests(matrix, "B:under-ptl"));
  }

  private static double requests(Matrix matrix, String column) {
    return Small.cell(matrix, "munmap/" + column + "/vtd-ats").result().cost()
        .requestsPerOperation();
  }

  /** Intel's old driver makes nothing of the flushes of a dying address space, (0, -1). */
  @Test
  void shouldNeedTheReleaseWhenAnAddressSpaceGoes(@TempDir Path dir) throws IOException {
    Path file =
        Files.writeString(
            dir.resolve("unreleased.conf"),
            """
            paths.exit.steps = [
              "spend syscall", "areas-remove", "gather-begin full", "n-start UNMAP all"
              "for-group", "pte-clear", "end-group", "AB: sec-inv all", "n-end"
              "commit", "AB: sec-inv-nested", "page-free", "gather-end", "revoke all"
            ]
            """);
    Selection exit =
        Small.sites(List.of("=exit"), List.of("vtd-ats", "kvm"), List.of("B", "C:x86"));
    Matrix shipped = Small.audited(spec.withBudget(2), exit, 1);
    Matrix unreleased = Small.audited(Small.of(file).withBudget(2), exit, 1);

    assertThat(shipped.counts().keySet()).isSubsetOf(Judged.SAFE, Judged.REDUNDANT);
    assertThat(Small.cell(unreleased, "exit/B/vtd-ats").judged()).isEqualTo(Judged.UNSAFE);
  }

  /** Everything that a vCPU or a GPU asks for comes to an end, also what the process has not. */
  @Test
  void shouldComeToAnAnswerWhenAnAreaIsGone() {
    Matrix matrix =
        Small.audited(
            spec.withBudget(1),
            Small.sites(
                List.of("=munmap", "=mremap", "=mprotect", "=reclaim"), List.of("kvm", "hmm"),
                List.of("B")),
            2);

    assertThat(matrix.counts().keySet()).containsExactly(Judged.SAFE);
  }

  @Test
  void shouldGiveTheReasonWhenACellCannotBe() {
    Matrix matrix =
        Small.audited(
            spec.withBudget(1),
            Small.sites(
                List.of("=munmap", "=huge-copy"), List.of("amd", "smmu-ats"),
                List.of("B", "C:riscv", "C:arm64")),
            2);

    assertThat(matrix.counts()).doesNotContainKey(Judged.UNSAFE);
    assertThat(Small.cell(matrix, "huge-copy/C:arm64/smmu-ats").because())
        .isEqualTo("'huge-copy' has no steps in era C on arm64");
    assertThat(Small.cell(matrix, "munmap/B/amd").because()).contains("6.10");
    assertThat(Small.cell(matrix, "munmap/C:riscv/smmu-ats").because())
        .isEqualTo("smmu-ats is not found on riscv, only on arm64");
  }

  @Test
  void shouldComeToTheSameWhateverTheNumberOfThreads() {
    Selection some =
        Small.sites(List.of("C1", "C4"), List.of("vtd-ats", "pinned"), List.of("B", "C:x86"));

    Matrix one = Small.audited(spec, some, 1);
    Matrix three = Small.audited(spec, some, 3);

    assertThat(MatrixTables.json(three)).isEqualTo(MatrixTables.json(one));
    assertThat(MatrixPage.of(three)).isEqualTo(MatrixPage.of(one));
  }

  @Test
  void shouldKeepNothingOfACellWhenItIsStopped() {
    StopFlag stop = new StopFlag();
    Selection one = Small.sites(List.of("=munmap"), List.of("vtd-ats"), List.of("B"));
    Small.Memory memory = new Small.Memory();
    stop.raise();

    boolean complete =
        new Audit(spec, one.of(spec), Small.HERE, stop, "again")
            .run(memory, new Small.NoWatch(), 1);

    assertThat(complete).isFalse();
    assertThat(memory.kept()).isEmpty();
  }

  @Test
  void shouldSetUpEveryRowAndConsumerThatShips() {
    Selection all = Small.sites(List.of(), List.of(), List.of("A", "B", "C"));

    Small.audit(spec, all).check(Small.HERE);

    Map<String, Integer> sites = new java.util.TreeMap<>();
    spec.rows().forEach(row -> sites.merge(row.heading().site(), 1, Integer::sum));
    assertThat(sites).containsKeys(
        "C1", "C2", "C3", "C4", "C5", "C5h", "C6", "C7", "C8", "C10", "C10z", "C10f", "C11",
        "C11f", "C12", "C12b", "C12d", "C13", "C14", "C15", "C16", "C17", "C18", "C19", "C20",
        "C21", "C22", "C23", "C24");
  }
}
