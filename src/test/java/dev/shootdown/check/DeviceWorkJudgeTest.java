package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceWorkJudgeTest {
  private final Court court =
      new Court(
          Limits.DEFAULT, List.of(),
          List.of(
              new DeviceWish("dev0", Scene.MM, 5, 2), new DeviceWish("dev0", Scene.MM, 6, 1)));
  private final Scene scene = new Scene(court);

  private void denied(long atPs, long page) {
    scene.state(atPs, "dev0", new MachineFact.Denied(Scene.MM, page, false));
  }

  private void used(long atPs, long page, long transfer) {
    scene.state(atPs, "dev0", new MachineFact.Used(Scene.MM, page, 70, false, transfer));
  }

  private void drained(long atPs, long transfer) {
    scene.state(atPs, "dev0", new MachineFact.Drained(transfer));
  }

  private List<String> summaries() {
    return court.judgement(true).findings().stream().map(Finding::summary).toList();
  }

  @Test
  void shouldStaySilentWhenAllWasDoneOrRefused() {
    used(10, 5, 0);
    drained(20, 0);
    denied(30, 5);
    denied(40, 6);
    assertThat(court.judgement(true).verdict()).isSameAs(Verdict.CLEAN);
  }

  @Test
  void shouldFindAnAccessThatIsNeitherDoneNorRefused() {
    used(10, 5, 0);
    drained(20, 0);
    denied(40, 6);
    scene.state(45, "dev0",
        new MachineFact.TroubleStruck("drop TranslationRequest", "TranslationRequest"));
    assertThat(court.judgement(false).verdict()).as("who knows").isSameAs(Verdict.CLEAN);
    assertThat(court.judgement(true).findings()).singleElement().satisfies(
        finding -> {
          assertThat(finding.verdict()).isSameAs(Verdict.NO_PROGRESS);
          assertThat(finding.component()).isEqualTo("dev0");
          assertThat(finding.summary())
              .isEqualTo("nothing is left to happen, and an access of dev0 will not end");
          assertThat(finding.witness("again").orElseThrow())
              .contains("trouble: drop TranslationRequest", "mm 1, address 0x5000");
        });
  }

  @Test
  void shouldTellEachPageWhenSeveralWait() {
    denied(40, 5);
    assertThat(summaries()).containsExactly(
        "nothing is left to happen, and an access of dev0 will not end",
        "nothing is left to happen, and an access of dev0 will not end");
  }

  @Test
  void shouldFindATransferThatMemoryNeverDid() {
    denied(5, 5);
    denied(6, 6);
    used(10, 5, 7);
    assertThat(summaries())
        .containsExactly("nothing is left to happen, and transfer 7 of dev0 will not end");
  }

  @Test
  void shouldStaySilentWhenTheDeviceFailed() {
    scene.state(10, "dev0", new MachineFact.DeviceFailed("no translation service"));
    assertThat(court.judgement(true).verdict()).isSameAs(Verdict.CLEAN);
  }

  /** Its IOMMU moves the data, and says so under its own name. */
  @Test
  void shouldFindUntranslatedDmaThatNobodyEnded() {
    scene.state(10, "iommu0", new MachineFact.Used(Scene.MM, 5, 70, false, 0));
    scene.state(20, "iommu0", new MachineFact.Drained(0));
    scene.state(25, "dev0", new MachineFact.DmaEnded(Scene.MM, 5, false));
    scene.state(30, "iommu0", new MachineFact.Used(Scene.MM, 5, 70, false, 1));
    scene.state(40, "iommu0", new MachineFact.Drained(1));
    denied(50, 6);
    assertThat(summaries())
        .containsExactly("nothing is left to happen, and an access of dev0 will not end");

    scene.state(60, "dev0", new MachineFact.DmaEnded(Scene.MM, 5, false));
    assertThat(court.judgement(true).verdict()).isSameAs(Verdict.CLEAN);
  }

  /** It is the IOMMU that waits, for memory or for software. */
  @Test
  void shouldBlameTheIommuWhenItHasTakenTheDmaUp() {
    denied(5, 6);
    scene.state(10, "dev0", new MachineFact.DmaEnded(Scene.MM, 5, false));
    scene.state(20, "iommu0", new MachineFact.Used(Scene.MM, 5, 70, false, 3));
    assertThat(summaries())
        .containsExactly("nothing is left to happen, and transfer 3 of iommu0 will not end");

    scene.state(30, "iommu0", new MachineFact.Drained(3));
    scene.state(40, "iommu0", new MachineFact.FaultRaised(8, Scene.MM, 5, false));
    assertThat(summaries())
        .containsExactly("nothing is left to happen, and request 8 of iommu0 is unserved");
  }

  /** Its page request says more than its access. */
  @Test
  void shouldTellThePageRequestWhenThatIsOpen() {
    scene.state(10, "dev0", new MachineFact.FaultRaised(0, Scene.MM, 5, true));
    assertThat(summaries())
        .containsExactly("nothing is left to happen, and request 0 of dev0 is unserved");
  }

  /** A PASID that is given out has a number of its own; only how many there are is known. */
  @Test
  void shouldCountAllWhenPasidsAreGivenOut() {
    scene.state(1, "cpu0", new MachineFact.PasidBound(3, 900, Scene.MM));
    scene.state(10, "dev0", new MachineFact.Denied(900, 5, false));
    denied(40, 6);
    assertThat(summaries())
        .containsExactly("nothing is left to happen, and an access of dev0 will not end");
    denied(50, 6);
    assertThat(court.judgement(true).verdict()).isSameAs(Verdict.CLEAN);
  }
}
