package dev.shootdown.kernel.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import org.junit.jupiter.api.Test;

/** Vectors after Linux 6.12, {@code calculate_psi_aligned_address}. */
class VtdRangeTest {
  private static PageRange block(long firstPage, long pages) {
    return VtdRange.block(new PageRange(firstPage, pages), 18);
  }

  @Test
  void shouldStayOnePageWhenThatIsAskedFor() {
    for (long page : new long[] {0, 1, 7, 0xfffff, PageRange.ALL_PAGES - 1}) {
      assertThat(block(page, 1)).isEqualTo(PageRange.of(page));
    }
  }

  @Test
  void shouldBeExactWhenTheRangeIsAligned() {
    assertThat(block(8, 4)).isEqualTo(new PageRange(8, 4));
    assertThat(block(0x40000, 1 << 18)).isEqualTo(new PageRange(0x40000, 1 << 18));
  }

  @Test
  void shouldGrowWhenTheRangeCrossesABorder() {
    assertThat(block(7, 4)).isEqualTo(new PageRange(0, 16));
    assertThat(block(8, 3)).isEqualTo(new PageRange(8, 4));
    assertThat(block(15, 2)).isEqualTo(new PageRange(0, 32));
  }

  @Test
  void shouldBeEverythingWhenTheBlockIsTooLarge() {
    assertThat(block(0xfffff, 2)).as("2^21 pages").isEqualTo(PageRange.ALL);
    assertThat(VtdRange.block(new PageRange(0xfffff, 2), 21))
        .isEqualTo(new PageRange(0, 1 << 21));
    assertThat(block(0, (1 << 18) + 1)).isEqualTo(PageRange.ALL);
    assertThat(VtdRange.block(PageRange.ALL, 45)).isEqualTo(PageRange.ALL);
  }

  @Test
  void shouldCoverTheRangeInAnAlignedPowerOfTwoWhateverItIs() {
    for (long first = 0; first < 70; first++) {
      for (long pages = 1; pages < 40; pages++) {
        PageRange block = block(first, pages);
        assertThat(block.contains(first) && block.contains(first + pages - 1))
            .as("%d, %d", first, pages).isTrue();
        assertThat(Long.bitCount(block.pages())).isEqualTo(1);
        assertThat(block.firstPage() % block.pages()).isZero();
      }
    }
  }

  @Test
  void shouldBeTheSmallestBlockThatCovers() {
    for (long first = 0; first < 70; first++) {
      for (long pages = 2; pages < 40; pages++) {
        long halfPages = block(first, pages).pages() / 2;
        assertThat(first / halfPages).as("half a block would not do for %d, %d", first, pages)
            .isNotEqualTo((first + pages - 1) / halfPages);
      }
    }
  }
}
