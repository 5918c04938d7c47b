package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import org.junit.jupiter.api.Test;

class StaleWalkJudgeTest {
  private static final PageRange GROUP = new PageRange(512, 512);

  private final StaleWalkJudge judge = new StaleWalkJudge();
  private final Scene scene = new Scene(judge);

  private Scene caches(long atPs, String walker, long table) {
    return scene.state(atPs, walker, new MachineFact.WalkCached(Scene.MM, GROUP, table));
  }

  private Scene drops(long atPs, String walker, PageRange range) {
    return scene.state(atPs, walker, new MachineFact.WalkDropped(Scene.MM, range));
  }

  private Scene freesTable(long atPs, long table) {
    return scene.state(
        atPs, "pagetable0", new MachineFact.TableFreed(1, Scene.MM, GROUP, table));
  }

  private Scene walks(long atPs, String walker, long table) {
    return scene.state(atPs, walker, new MachineFact.WalkUsed(Scene.MM, 600, table));
  }

  private StaleUse only() {
    assertThat(judge.findings()).hasSize(1);
    assertThat(judge.findings().get(0).verdict()).isSameAs(Verdict.STALE_WALK);
    return judge.findings().get(0).staleUse().orElseThrow();
  }

  @Test
  void shouldFindIommuWhenItKnowsTheTableAtFree() {
    caches(10, "iommu0", 3);
    freesTable(40, 3);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.TABLE_HELD_AT_FREE);
    assertThat(only().entry().filledAtPs()).hasValue(10);
    walks(50, "iommu0", 3);
    assertThat(only().usedAtPs()).hasValue(50);
    assertThat(judge.findings().get(0).summary()).contains("table 0x3").endsWith("used later");
  }

  /** Bug 14: the table of another address space is known just as well. */
  @Test
  void shouldFindIommuWhenItKnowsTheTableUnderAnotherAddressSpace() {
    scene.state(10, "iommu0", new MachineFact.WalkCached(9, GROUP, 3));
    freesTable(40, 3);
    assertThat(only().entry().mm()).isEqualTo(9);
  }

  private Scene reads(long atPs, long table) {
    return scene.state(atPs, "pagetable0", new MachineFact.TableRead(Scene.MM, 600, table));
  }

  /** It forgot the table in time, but a walk was on its way into it. */
  @Test
  void shouldFindAWalkThatWasInsideWhenTheTableWasFreed() {
    caches(10, "iommu0", 3);
    walks(20, "iommu0", 3);
    drops(30, "iommu0", GROUP);
    freesTable(40, 3);
    assertThat(judge.findings()).isEmpty();
    reads(50, 3);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.TABLE_FREED_UNDER_WALK);
    assertThat(only().entry().holder()).isEqualTo("iommu0");
    assertThat(only().usedAtPs()).hasValue(50);
    assertThat(judge.findings().get(0).summary()).contains("table 0x3");
  }

  @Test
  void shouldStaySilentWhenTheWalkHasReadTheTableBeforeTheFree() {
    caches(10, "iommu0", 3);
    walks(20, "iommu0", 3);
    reads(25, 3);
    drops(30, "iommu0", GROUP);
    freesTable(40, 3);
    reads(50, 4);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldFindCpuOnlyWhenItWalks() {
    scene.loads(0, "cpu1");
    caches(10, "cpu1", 3);
    freesTable(40, 3);
    assertThat(judge.findings()).isEmpty();
    walks(50, "cpu1", 3);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.TABLE_WALKED_AFTER_FREE);
    assertThat(only().entry().filledAtPs()).hasValue(10);
  }

  @Test
  void shouldFindIommuWhenItCachesTheTableAfterFree() {
    freesTable(40, 3);
    caches(50, "iommu0", 3);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.TABLE_CACHED_AFTER_FREE);
  }

  @Test
  void shouldFindWalkWhenNobodySawItCached() {
    freesTable(40, 3);
    walks(50, "iommu0", 3);
    assertThat(only().kind()).isSameAs(StaleUse.Kind.TABLE_WALKED_AFTER_FREE);
    assertThat(only().entry().filledAtPs()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenTheWalkerDroppedItBefore() {
    caches(10, "iommu0", 3);
    drops(20, "iommu0", PageRange.of(700));
    freesTable(40, 3);
    assertThat(judge.findings()).isEmpty();
  }

  @Test
  void shouldStaySilentWhenTheEntryWasReplaced() {
    caches(10, "iommu0", 3);
    caches(20, "iommu0", 4);
    freesTable(40, 3);
    assertThat(judge.findings()).isEmpty();
    freesTable(50, 4);
    assertThat(judge.findings()).hasSize(1);
  }

  @Test
  void shouldFindItWhenTheDropLeftItOut() {
    caches(10, "iommu0", 3);
    drops(20, "iommu0", PageRange.of(511));
    scene.state(21, "iommu0", new MachineFact.WalkDropped(2, PageRange.ALL));
    drops(22, "iommu1", PageRange.ALL);
    freesTable(40, 3);
    assertThat(only().entry().holder()).isEqualTo("iommu0");
  }

  @Test
  void shouldStaySilentWhenALazyCpuDropsItUnused() {
    scene.loads(0, "cpu1");
    caches(10, "cpu1", 3);
    freesTable(40, 3);
    drops(50, "cpu1", PageRange.ALL);
    assertThat(judge.findings()).isEmpty();
  }
}
