package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import dev.shootdown.trace.MachineFact.Change;
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
}
