package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import org.junit.jupiter.api.Test;

class FootprintTest {
  private static final PageRange BLOCK = new PageRange(1024, 512);

  private final Footprint footprint = new Footprint();

  @Test
  void shouldEmptyATableWhenItsLastPagesMoveAway() {
    footprint.map(new PageRange(1025, 4));
    assertThat(footprint.move(new PageRange(1025, 2), new PageRange(9000, 2))).isFalse();
    assertThat(footprint.move(new PageRange(1027, 2), new PageRange(9002, 2))).isTrue();
    assertThat(footprint.move(new PageRange(9000, 4), new PageRange(1025, 4))).isTrue();
  }

  @Test
  void shouldEmptyNoTableWhenItMovesAsAWhole() {
    footprint.map(BLOCK);
    assertThat(footprint.move(BLOCK, new PageRange(4096, 512))).isFalse();
    assertThat(footprint.move(new PageRange(4096, 512), new PageRange(5000, 512))).isTrue();
  }

  @Test
  void shouldEmptyNoTableWhenNothingWasKnownToBeThere() {
    assertThat(footprint.move(new PageRange(1, 64), new PageRange(9000, 64))).isFalse();
  }

  @Test
  void shouldTakeAHugePageOnlyWhenAllOfAnEmptyBlockIsAdvised() {
    footprint.advise(new PageRange(1000, 2000), true);
    assertThat(footprint.takesHuge(1024)).isTrue();
    assertThat(footprint.takesHuge(1000)).isFalse();
    assertThat(footprint.takesHuge(2999)).isFalse();
    footprint.map(PageRange.of(1600));
    assertThat(footprint.takesHuge(1601)).isFalse();
    footprint.advise(new PageRange(1100, 10), false);
    assertThat(footprint.takesHuge(1024)).isFalse();
  }

  @Test
  void shouldSplitAHugePageOnceAndOnlyWhenPartOfItChanges() {
    footprint.advise(BLOCK, true);
    assertThat(footprint.mapHuge(1030)).isEqualTo(BLOCK);
    assertThat(footprint.splitFor(BLOCK)).isEmpty();
    assertThat(footprint.splitFor(new PageRange(1030, 4))).containsExactly(BLOCK);
    assertThat(footprint.splitFor(new PageRange(1030, 4))).isEmpty();
  }

  @Test
  void shouldForgetAHugePageWhenItIsUnmapped() {
    footprint.advise(BLOCK, true);
    footprint.mapHuge(1030);
    footprint.unmap(BLOCK);
    assertThat(footprint.splitFor(new PageRange(1030, 4))).isEmpty();
    assertThat(footprint.takesHuge(1030)).isTrue();
  }

  @Test
  void shouldCountWhatIsMissingOverPageTables() {
    Footprint footprint = new Footprint();
    assertThat(footprint.missing(new PageRange(510, 4))).isEqualTo(4);
    footprint.map(new PageRange(511, 2));
    footprint.map(new PageRange(700, 9));
    assertThat(footprint.missing(new PageRange(510, 4))).isEqualTo(2);
    assertThat(footprint.missing(new PageRange(511, 2))).isZero();
  }
}
