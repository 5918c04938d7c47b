package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

/** PASID 9 is given to address space 1, then to 2. */
class PasidJudgeTest {
  private static final int PASID = 9;

  private final Court court = new Court();
  private final Scene scene = new Scene(court);

  private PasidJudgeTest binds(long atPs, int mm) {
    scene.state(atPs, "page-requests", new MachineFact.PasidBound(4, PASID, mm));
    return this;
  }

  private PasidJudgeTest fills(long atPs, String holder, long pfn, long readAtPs) {
    scene.state(atPs, holder, new MachineFact.Filled(PASID, 5, pfn, true, readAtPs));
    return this;
  }

  private PasidJudgeTest uses(long atPs, long pfn) {
    scene.state(atPs, "dev0", new MachineFact.Used(PASID, 5, pfn, true, -1));
    return this;
  }

  private PasidJudgeTest drops(long atPs) {
    scene.state(
        atPs, "dev0",
        new MachineFact.Dropped(PASID, PageRange.of(5), MachineFact.Cause.INVALIDATED));
    return this;
  }

  private List<StaleUse.Kind> kinds() {
    return court.judgement().findings().stream()
        .map(finding -> finding.staleUse().orElseThrow().kind()).toList();
  }

  @Test
  void shouldFindAnEntryOfTheOldProcessWhenTheNewOneUsesIt() {
    binds(1, 1).fills(10, "dev0", 7, 8).uses(15, 7).binds(20, -1).uses(25, 7);
    assertThat(kinds()).as("the driver's own affair").isEmpty();
    binds(30, 2).uses(35, 7);
    assertThat(kinds()).containsExactly(StaleUse.Kind.USED_BY_ANOTHER);
    StaleUse found = court.judgement().findings().get(0).staleUse().orElseThrow();
    assertThat(found.entry().mm()).isEqualTo(1);
    assertThat(found.free().atPs()).isEqualTo(20);
    assertThat(found.edges().get(0).then()).isEqualTo("pasid-free");
  }

  @Test
  void shouldFindAnOldWalkThatArrivesAfterTheChange() {
    binds(1, 1).binds(20, -1).binds(30, 2).fills(32, "dev0", 7, 18).uses(35, 7);
    assertThat(kinds()).containsExactly(StaleUse.Kind.USED_BY_ANOTHER);
  }

  @Test
  void shouldStaySilentWhenTheEntryWasDroppedOrReplaced() {
    binds(1, 1).fills(10, "dev0", 7, 8).drops(15).binds(20, -1).binds(30, 2)
        .fills(33, "dev0", 8, 32).uses(35, 8);
    assertThat(kinds()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenAnEvictionTookTheOldEntry() {
    binds(1, 1).fills(10, "dev0", 7, 8).binds(20, -1).binds(30, 2).fills(33, "dev0", 8, 32)
        .uses(35, 8);
    assertThat(kinds()).isEmpty();
    scene.frees(40, 3, 7);
    assertThat(kinds()).as("the ATC has one entry for a page of a PASID").isEmpty();
  }

  @Test
  void shouldHoldTheNewProcesssChangesAgainstItsEntries() {
    binds(1, 1).binds(20, -1).binds(30, 2).fills(33, "dev0", 8, 32);
    scene.state(
        40, "pagetable1",
        new MachineFact.PtesChanged(
            2, MachineFact.Change.CLEARED, List.of(5L), List.of(8L), 40, 0));
    scene.frees(50, 3, 8);
    assertThat(kinds()).containsExactly(StaleUse.Kind.HELD_AT_FREE);
    assertThat(court.judgement().findings().get(0).staleUse().orElseThrow().change())
        .isPresent();
  }

  @Test
  void shouldFindAPageRequestThatIsAnsweredForAnother() {
    binds(1, 1);
    scene.state(10, "dev0", new MachineFact.PageRequested(PASID, 5, 0, true));
    scene.state(10, "dev0", new MachineFact.PageRequested(PASID, 6, 1, true));
    scene.state(15, "dev0", new MachineFact.PageAnswered(1, 0));
    binds(20, -1).binds(30, 2);
    assertThat(court.judgement().verdict()).isSameAs(Verdict.CLEAN);
    scene.state(35, "dev0", new MachineFact.PageAnswered(0, 0));
    assertThat(court.judgement().findings()).singleElement().satisfies(
        finding -> {
          assertThat(finding.verdict()).isSameAs(Verdict.PROTOCOL_BREACH);
          assertThat(finding.summary()).contains("group 0", "mm 1", "mm 2");
        });
  }
}
