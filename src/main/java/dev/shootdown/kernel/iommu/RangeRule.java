package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.List;

/**
 * What a driver is told to flush for a range, so that rules can be compared on one driver.
 *
 * @param kind the rule
 * @param ceilingPages for {@link Kind#WIDENED}, the largest range that is flushed as it is, in
 *     pages
 */
public record RangeRule(Kind kind, long ceilingPages) {
  /** The driver's own rule. */
  public static final RangeRule DRIVER = new RangeRule(Kind.DRIVER, 0);

  /** The rules. */
  public enum Kind {
    /** What Linux's driver makes of a range. */
    DRIVER,
    /**
     * No page more than asked for: one flush for each aligned block of a power of two of pages, one
     * after the other, as Intel's driver did with its two blocks until Linux 6.5.
     */
    EXACT,
    /** One aligned block of a power of two of pages. */
    POWER_OF_TWO,
    /** Everything for a range above a ceiling, as x86 widens it since Linux 6.6. */
    WIDENED,
    /** Everything, whatever the range is. */
    WHOLE_PASID,
    /** Nothing: drivers hear of no flush, as on an architecture that doesn't call them. */
    NOTHING
  }

  /** The ranges that are flushed for {@code range}. */
  public List<PageRange> ranges(PageRange range) {
    if (kind == Kind.NOTHING) {
      return List.of();
    }
    if (range.isAll() || range.pages() == 0) {
      return List.of(range);
    }
    return switch (kind) {
      case DRIVER -> List.of(range);
      case EXACT -> blocks(range);
      case POWER_OF_TWO -> List.of(VtdRange.block(range, VtdRange.MASK_MAX));
      case WIDENED -> List.of(range.pages() > ceilingPages ? PageRange.ALL : range);
      case WHOLE_PASID -> List.of(PageRange.ALL);
      case NOTHING -> List.of();
    };
  }

  /** The fewest aligned blocks that are the range together, from the bottom up. */
  private static List<PageRange> blocks(PageRange range) {
    List<PageRange> blocks = new ArrayList<>();
    for (long at = range.firstPage(); at < range.endPage(); ) {
      long aligned = at == 0 ? Long.MAX_VALUE : Long.lowestOneBit(at);
      long pages = Math.min(aligned, Long.highestOneBit(range.endPage() - at));
      blocks.add(new PageRange(at, pages));
      at += pages;
    }
    return blocks;
  }
}
