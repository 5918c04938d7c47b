package dev.shootdown.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class PageRangeTest {
  private static final PageRange RANGE = new PageRange(10, 4);
  private static final PageRange EMPTY = new PageRange(12, 0);

  @Test
  void shouldContainItsPagesAndNoOthers() {
    assertThat(RANGE.contains(9)).isFalse();
    assertThat(RANGE.contains(10)).isTrue();
    assertThat(RANGE.contains(13)).isTrue();
    assertThat(RANGE.contains(14)).isFalse();
    assertThat(RANGE.endPage()).isEqualTo(14);
    assertThat(EMPTY.contains(12)).isFalse();
    assertThat(PageRange.of(7)).isEqualTo(new PageRange(7, 1));
  }

  @Test
  void shouldOverlapOnlyWhatSharesAPage() {
    assertThat(RANGE.overlaps(new PageRange(13, 5))).isTrue();
    assertThat(RANGE.overlaps(new PageRange(0, 11))).isTrue();
    assertThat(RANGE.overlaps(new PageRange(14, 5))).isFalse();
    assertThat(RANGE.overlaps(new PageRange(0, 10))).isFalse();
    assertThat(RANGE.overlaps(PageRange.ALL)).isTrue();
  }

  @Test
  void shouldCoverBothWhenTwoAreJoined() {
    assertThat(RANGE.hull(new PageRange(20, 2))).isEqualTo(new PageRange(10, 12));
    assertThat(new PageRange(20, 2).hull(RANGE)).isEqualTo(new PageRange(10, 12));
    assertThat(RANGE.hull(new PageRange(11, 1))).isEqualTo(RANGE);
    assertThat(RANGE.hull(EMPTY)).isEqualTo(RANGE);
    assertThat(EMPTY.hull(RANGE)).isEqualTo(RANGE);
    assertThat(RANGE.hull(PageRange.ALL)).isEqualTo(PageRange.ALL);
  }

  @Test
  void shouldShowAddressesWhenPrinted() {
    assertThat(RANGE).hasToString("0xa000-0xe000");
    assertThat(PageRange.ALL).hasToString("all").matches(PageRange::isAll);
    assertThat(RANGE.isAll()).isFalse();
  }

  @Test
  void shouldRefuseWhenSomethingIsNegative() {
    assertThatIllegalArgumentException().isThrownBy(() -> new PageRange(-1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new PageRange(1, -1));
  }
}
