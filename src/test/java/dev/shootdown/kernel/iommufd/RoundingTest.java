package dev.shootdown.kernel.iommufd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import org.junit.jupiter.api.Test;

class RoundingTest {
  @Test
  void shouldCoverTheRangeWithOneAlignedPowerOfTwo() {
    assertThat(Rounding.block(new PageRange(7, 1), 18)).isEqualTo(new PageRange(7, 1));
    assertThat(Rounding.block(new PageRange(8, 4), 18)).isEqualTo(new PageRange(8, 4));
    assertThat(Rounding.block(new PageRange(7, 4), 18)).isEqualTo(new PageRange(0, 16));
  }

  @Test
  void shouldTakeTheWholeDomainWhenTheBlockIsTooLarge() {
    assertThat(Rounding.block(new PageRange(0xfffff, 2), 18)).isEqualTo(PageRange.ALL);
    assertThat(Rounding.block(PageRange.ALL, 45)).isEqualTo(PageRange.ALL);
  }
}
