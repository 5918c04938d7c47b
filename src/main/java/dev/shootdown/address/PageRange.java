package dev.shootdown.address;

/**
 * A run of 4 KiB pages.
 *
 * @param firstPage number of the first page (address ≫ 12), ≥ 0
 * @param pages how many pages, ≥ 0; {@link #ALL_PAGES} with first page 0 is the whole address space
 */
public record PageRange(long firstPage, long pages) {
  /** Pages in the whole address space, 57-bit addresses. */
  public static final long ALL_PAGES = 1L << 45;

  /** The whole address space: what the kernel writes as (0, -1). */
  public static final PageRange ALL = new PageRange(0, ALL_PAGES);

  /** Refuses negative numbers. */
  public PageRange {
    if (firstPage < 0 || pages < 0) {
      throw new IllegalArgumentException(
          "a page range is not negative: " + firstPage + ", " + pages + " pages");
    }
  }

  /** One page. */
  public static PageRange of(long page) {
    return new PageRange(page, 1);
  }

  /** The first page behind the range. */
  public long endPage() {
    return firstPage + pages;
  }

  /** Whether this is the whole address space. */
  public boolean isAll() {
    return pages == ALL_PAGES;
  }

  /** Whether {@code page} lies inside. */
  public boolean contains(long page) {
    return page >= firstPage && page < endPage();
  }

  /** Whether the two share a page. */
  public boolean overlaps(PageRange other) {
    return firstPage < other.endPage() && other.firstPage < endPage();
  }

  /** The smallest range that covers both; an empty one counts for nothing. */
  public PageRange hull(PageRange other) {
    if (pages == 0) {
      return other;
    }
    if (other.pages == 0) {
      return this;
    }
    long first = Math.min(firstPage, other.firstPage);
    return new PageRange(first, Math.max(endPage(), other.endPage()) - first);
  }

  /** As hexadecimal addresses, end exclusive, or {@code all}. */
  @Override
  public String toString() {
    if (isAll()) {
      return "all";
    }
    return String.format("0x%x-0x%x", firstPage << 12, endPage() << 12);
  }
}
