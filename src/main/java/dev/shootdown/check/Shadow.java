package dev.shootdown.check;

import dev.shootdown.trace.MachineFact.Change;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The page tables as the facts tell them: for each page the frame it leads to now, and which right
 * was taken away last. Pages that were not touched for long are forgotten; nothing is known of them
 * then, and nobody is accused on their account.
 */
final class Shadow {
  static final long NONE = -1;
  static final long UNKNOWN = -2;
  private static final int KEPT = 1 << 17;

  private record Key(int mm, long page) {}

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

  private final Map<Key, Page> pages = new LinkedHashMap<>();

  /** What is known of a page, or null. */
  Page page(int mm, long page) {
    return pages.get(new Key(mm, page));
  }

  /** Applies {@code change} and returns the frame to which it took a right away, or UNKNOWN. */
  long apply(StaleUse.Pte change, int mm, long page, long pfn) {
    Key key = new Key(mm, page);
    Page known = pages.get(key);
    if (known == null) {
      known = new Page();
      if (pages.size() == KEPT) {
        pages.remove(pages.keySet().iterator().next());
      }
      pages.put(key, known);
    }
    return known.apply(change, pfn);
  }
}
