package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.KernelCall;

/** A page that a path has found mapped, and what it has done to it since. */
final class Capture {
  private final long page;
  private final long pfn;
  private final int order;
  private boolean writable;
  private boolean out;
  private boolean unmapped;

  Capture(long page, long pfn, KernelCall.Seen seen) {
    this.page = page;
    this.pfn = pfn;
    this.order = seen == null ? 0 : seen.order();
    this.writable = seen != null && seen.writable();
  }

  long page() {
    return page;
  }

  long pfn() {
    return pfn;
  }

  /** How many 4 KiB pages it stands for. */
  long pages() {
    return 1L << order;
  }

  PageRange range() {
    return new PageRange(page, pages());
  }

  /** Whether its entry gives the right to write, as the path knows it. */
  boolean isWritable() {
    return writable;
  }

  /** The path has put its entry back without the right to write. */
  void readOnly() {
    writable = false;
  }

  /** Whether the path has taken its entry out of the table. */
  boolean isOut() {
    return out;
  }

  void out(boolean gone) {
    out = gone;
  }

  /** Whether the path has given the mapping back but not the reference (RMAP-DEL). */
  boolean isUnmapped() {
    return unmapped;
  }

  void unmap() {
    unmapped = true;
  }
}
