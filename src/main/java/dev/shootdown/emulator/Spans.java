package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.ViommuNotifier.Span;
import java.util.ArrayList;
import java.util.List;

/** Between pages and spans of bytes. */
final class Spans {
  private static final int PAGE_SHIFT = 12;

  private Spans() {}

  /** The bytes of {@code pages}; all there are if these are all pages. */
  static Span of(PageRange pages) {
    return pages.isAll()
        ? Span.ALL
        : new Span(pages.firstPage() << PAGE_SHIFT, (pages.endPage() << PAGE_SHIFT) - 1);
  }

  /** The pages that {@code span} touches, as far as pages are numbered. */
  static PageRange pages(Span span) {
    long first = Math.min(span.first() >>> PAGE_SHIFT, PageRange.ALL_PAGES);
    long end = Math.min((span.last() >>> PAGE_SHIFT) + 1, PageRange.ALL_PAGES);
    return new PageRange(first, end - first);
  }

  /**
   * {@code span} in naturally aligned power-of-two chunks, as an IOMMU's hardware commands would
   * have it (QEMU {@code dma_aligned_pow2_mask}); what is left of a page at its end is dropped.
   */
  static List<Span> chunks(Span span, int addressBits) {
    PageRange pages = pages(span.cut(new Span(0, (1L << addressBits) - 1)));
    List<Span> chunks = new ArrayList<>();
    long at = pages.firstPage();
    while (at < pages.endPage()) {
      long left = Long.highestOneBit(pages.endPage() - at);
      long size = at == 0 ? left : Math.min(left, Long.lowestOneBit(at));
      chunks.add(of(new PageRange(at, size)));
      at += size;
    }
    return chunks;
  }
}
