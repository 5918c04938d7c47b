package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import dev.shootdown.trace.MachineFact.Change;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What looks stale and is allowed: the judge must stay silent. */
class LegalWindowsTest {
  private final StaleUseJudge judge = new StaleUseJudge();
  private final Scene scene = new Scene(judge);

  @Test
  void shouldStaySilentWhenEntryIsDroppedBeforeFree() {
    scene.allocates(0, 7).fills(10, "dev0", 5, 7, 8).uses(12, "dev0", 5, 7, 1)
        .clears(20, 5, 7).drops(30, "dev0", 5).drains(31, "dev0", 1).frees(40, 1, 7);
    assertThat(judge.findings()).isEmpty();
  }

  /** A batch that flushes at its commit, while another CPU still uses the old, unfreed page. */
  @Test
  void shouldStaySilentWhenStaleEntryIsUsedWhileFrameLives() {
    scene.loads(0, "cpu1").allocates(0, 7).fills(10, "cpu1", 5, 7, 8).fills(11, "dev0", 5, 7, 8)
        .clears(20, 5, 7).uses(25, "cpu1", 5, 7, -1).uses(26, "dev0", 5, 7, 3)
        .drains(27, "dev0", 3).drops(30, "cpu1", 5).drops(31, "dev0", 5).frees(40, 1, 7);
    assertThat(judge.findings()).isEmpty();
  }

  /** Another thread's fault installs a new page before the commit: both are in use for a while. */
  @Test
  void shouldStaySilentWhenNewPageIsMappedBeforeOldIsFlushed() {
    scene.loads(0, "cpu0").loads(0, "cpu1").allocates(0, 7).fills(10, "cpu0", 5, 7, 8)
        .clears(20, 5, 7).allocates(21, 8).changes(22, Change.SET, 5, 8)
        .fills(24, "cpu1", 5, 8, 23).uses(25, "cpu0", 5, 7, -1).drops(30, "cpu0", 5)
        .drops(30, "cpu1", 5).frees(40, 1, 7);
    assertThat(judge.findings()).isEmpty();
  }

  /** Between clearing the entry and the last acknowledgement CPUs differ. */
  @Test
  void shouldStaySilentWhenOneCpuFlushesLaterThanAnother() {
    scene.loads(0, "cpu0").loads(0, "cpu1").allocates(0, 7).fills(10, "cpu0", 5, 7, 8)
        .fills(10, "cpu1", 5, 7, 8).clears(20, 5, 7)
        .flushBegins(21, "cpu0", 1, Audience.CPU, PageRange.of(5)).drops(22, "cpu0", 5)
        .uses(25, "cpu1", 5, 7, -1).drops(30, "cpu1", 5)
        .flushEnds(31, "cpu0", 1, Audience.CPU).frees(40, 1, 7);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenLazyCpuKeepsEntryPastFreeAndDropsItUnused() {
    scene.loads(0, "cpu1").allocates(0, 7).fills(10, "cpu1", 5, 7, 8)
        .state(15, "cpu1", new MachineFact.ContextTaken(Scene.MM, true)).clears(20, 5, 7)
        .frees(40, 1, 7)
        .state(50, "cpu1",
            new MachineFact.Dropped(Scene.MM, PageRange.ALL, MachineFact.Cause.SWITCHED))
        .loads(50, "cpu1");
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenAnotherPageOfTheHolderIsFreed() {
    scene.allocates(0, 7).allocates(0, 8).fills(10, "dev0", 5, 7, 8).fills(10, "dev0", 6, 8, 8)
        .clears(20, 6, 8).drops(25, "dev0", 6).frees(40, 1, 8).uses(50, "dev0", 5, 7, 2);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenRefilledPagePointsToNewFrame() {
    scene.allocates(0, 7).fills(10, "dev0", 5, 7, 8).clears(20, 5, 7).drops(25, "dev0", 5)
        .allocates(26, 8).changes(27, Change.SET, 5, 8).fills(30, "dev0", 5, 8, 28)
        .frees(40, 1, 7).uses(50, "dev0", 5, 8, 2);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenFrameIsFreedThatNobodyEverHeld() {
    scene.allocates(0, 7).frees(40, 1, 7);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenDropCoversARangeOfPages() {
    scene.allocates(0, 7).allocates(0, 8).fills(1, "dev0", 5, 7, 1).fills(1, "dev0", 6, 8, 1)
        .state(10, "dev0",
            new MachineFact.Dropped(Scene.MM, new PageRange(5, 2), MachineFact.Cause.INVALIDATED))
        .frees(20, 1, 7).frees(20, 1, 8);
    assertThat(judge.findings()).isEmpty();
  }

  /** Lazy DMA mode: what is announced is exempt until the announced end, and no longer. */
  @Test
  void shouldStaySilentWithinAnAnnouncedWindow() {
    PageRange range = new PageRange(4, 4);
    scene.allocates(0, 7).fills(10, "dev0", 5, 7, 8).uses(12, "dev0", 5, 7, 1)
        .clears(20, 5, 7).state(30, "cpu0", new MachineFact.StaleWindowOpened(Scene.MM, range))
        .frees(40, 1, 7).uses(50, "dev0", 5, 7, 2).drains(51, "dev0", 1)
        .drains(55, "dev0", 2).drops(60, "dev0", 5)
        .state(61, "cpu0", new MachineFact.StaleWindowClosed(Scene.MM, range));
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldSpeakWhenTheAnnouncedWindowClosesAndTheEntryIsStillThere() {
    PageRange range = new PageRange(4, 4);
    scene.allocates(0, 7).fills(10, "dev0", 5, 7, 8).clears(20, 5, 7)
        .state(30, "cpu0", new MachineFact.StaleWindowOpened(Scene.MM, range)).frees(40, 1, 7);
    assertThat(judge.findings()).isEmpty();
    scene.state(61, "cpu0", new MachineFact.StaleWindowClosed(Scene.MM, PageRange.ALL));
    assertThat(judge.findings()).singleElement().satisfies(
        finding -> assertThat(finding.staleUse().orElseThrow().kind())
            .isSameAs(StaleUse.Kind.HELD_AFTER_WINDOW));
  }

  @Test
  void shouldSpeakWhenTheWindowIsAnothersOrACpuUsesIt() {
    scene.loads(0, "cpu1").allocates(0, 7).allocates(0, 8).fills(10, "dev0", 5, 7, 8)
        .fills(10, "cpu1", 6, 8, 8)
        .state(30, "cpu0",
            new MachineFact.StaleWindowOpened(Scene.MM, PageRange.of(6)))
        .frees(40, 1, 7).frees(40, 1, 8).uses(50, "cpu1", 6, 8, -1);
    assertThat(judge.findings()).extracting(finding -> finding.staleUse().orElseThrow().kind())
        .containsExactly(StaleUse.Kind.HELD_AT_FREE, StaleUse.Kind.USED_AFTER_FREE);
  }

  /** Two windows over one range need two closings. */
  @Test
  void shouldStaySilentWhileOneOfTwoEqualWindowsIsOpen() {
    PageRange range = PageRange.of(5);
    scene.allocates(0, 7).fills(10, "dev0", 5, 7, 8)
        .state(30, "cpu0", new MachineFact.StaleWindowOpened(Scene.MM, range))
        .state(31, "cpu0", new MachineFact.StaleWindowOpened(Scene.MM, range))
        .frees(40, 1, 7)
        .state(50, "cpu0", new MachineFact.StaleWindowClosed(Scene.MM, range));
    assertThat(judge.findings()).isEmpty();
    scene.state(51, "cpu0", new MachineFact.StaleWindowClosed(Scene.MM, range));
    assertThat(judge.findings()).hasSize(1);
  }

  /** A step that is stated when its run begins has not happened yet. */
  @Test
  void shouldStaySilentWhenAnEntryGoesBeforeTheStepThatWasStatedAhead() {
    RepointJudge repoint = new RepointJudge();
    new Scene(repoint).allocates(0, 7).fills(10, "dev0", 5, 7, 8)
        .state(15, "pagetable0",
            new MachineFact.PtesChanged(
                Scene.MM, Change.REPOINTED, List.of(5L), List.of(9L), 100, 0))
        .drops(50, "dev0", 5).fills(200, "dev0", 5, 9, 190);
    assertThat(repoint.findings()).isEmpty();
  }
}
