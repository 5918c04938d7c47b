package dev.shootdown.check;

import dev.shootdown.trace.MachineFact.Change;

/**
 * The page tables as the facts tell them: for each page the frame it leads to now, and which right
 * was taken away last. Pages that were not touched for long are forgotten; nothing is known of them
 * then, and nobody is accused on their account.
 */
final class Shadow {
  static final long NONE = -1;
  static final long UNKNOWN = -2;
  private static final int KEPT = 1 << 17;

  /** What is known of a page. */
  static final class Page {
    private long pfn = UNKNOWN;
    private boolean readOnly;
    private StaleUse.Pte taken;
    private long takenPfn = UNKNOWN;
    private StaleUse.Pte repointed;

    /** The frame it leads to; {@link #NONE} or {@link #UNKNOWN}. */
    long pfn() {
      return pfn;
    }

    /** The last change that took a right away, or null. */
    StaleUse.Pte taken() {
      return taken;
    }

    /** The frame to which a right was taken away last. */
    long takenPfn() {
      return takenPfn;
    }

    /** The last change to another frame, or null. */
    StaleUse.Pte repointed() {
      return repointed;
    }

    /** Whether its entry gives that right now, as far as is known. */
    boolean grants(long wantedPfn, boolean write) {
      return pfn == wantedPfn && !(write && readOnly);
    }

    /** Applies {@code change} and returns the frame that it took a right to. */
    private long apply(StaleUse.Pte change, long named) {
      Change what = change.change();
      switch (what) {
        case SET, UPGRADED -> {
          pfn = named;
          readOnly = false;
          return UNKNOWN;
        }
        case REPOINTED -> {
          takenPfn = pfn >= 0 ? pfn : takenPfn;
          pfn = named;
          readOnly = false;
          repointed = change;
        }
        default -> {
          takenPfn = named;
          pfn = what == Change.PROTECTED ? named : NONE;
          readOnly = what == Change.PROTECTED;
        }
      }
      taken = change;
      return takenPfn;
    }
  }

  private final PlaceMap<Page> pages = new PlaceMap<>();

  /** What is known of a page, or null. */
  Page page(int mm, long page) {
    return pages.get(mm, page);
  }

  /** Applies {@code change} and returns the frame to which it took a right away, or UNKNOWN. */
  long apply(StaleUse.Pte change, int mm, long page, long pfn) {
    Page known = pages.get(mm, page);
    if (known == null) {
      known = new Page();
      if (pages.size() == KEPT) {
        pages.removeFirst();
      }
      pages.put(mm, page, known);
    }
    return known.apply(change, pfn);
  }
}
