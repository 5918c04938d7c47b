package dev.shootdown.kernel.notifier;

import java.util.Locale;
import java.util.Optional;

/**
 * Where the flush of secondary TLBs sits in a path: where its own steps say, or in one place of all
 * paths alike, so that placements can be compared.
 *
 * <p>Under any policy but {@link #ERA} and {@link #ARCH} a path's own secondary flushes are left
 * out. Which eras can have which policy follows from what their kernels offered, after the commits
 * 1897bdc4d331, 0f10851ea475, 4645b9fe84bf and 6bbd42e2df8f.
 */
public enum Policy {
  /** The path's own steps decide. */
  ERA,
  /** After each change that takes rights away, before the page-table lock is dropped. */
  UNDER_PTL,
  /** As soon as the page-table lock is dropped. */
  AFTER_PTL,
  /** When the notifier bracket ends, over its whole range. */
  AT_END,
  /**
   * Nowhere: the bracket ends with {@code only_end}, as if something under the page-table lock had
   * flushed.
   */
  ONLY_END,
  /** Under the page-table lock, and again when the bracket ends. */
  BOTH,
  /** When the bracket ends the range is handed to the driver's queue, which flushes later. */
  DEFERRED,
  /** Inside the architecture's CPU flush. */
  ARCH;

  /** As it is written in a scenario. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether a path's own secondary flushes are carried out. */
  public boolean keepsOwnSteps() {
    return this == ERA || this == ARCH;
  }

  /** Whether a flush comes before the page-table lock is dropped. */
  public boolean flushesUnderLock() {
    return this == UNDER_PTL || this == BOTH;
  }

  /** Whether a flush comes at the end of a bracket. */
  public boolean flushesAtEnd() {
    return this == AT_END || this == BOTH;
  }

  /** Why no kernel of {@code era} can have this policy; empty if one can. */
  public Optional<String> reasonAgainst(Era era) {
    if (this == ERA) {
      return Optional.empty();
    }
    if (era == Era.C) {
      return this == ARCH
          ? Optional.empty()
          : Optional.of(
              "era C flushes secondary TLBs inside the CPU flush and has no callback elsewhere"
                  + " (6bbd42e2df8f)");
    }
    if (this == ARCH) {
      return Optional.of(
          "before era C the architecture's CPU flush doesn't reach secondary TLBs (6bbd42e2df8f)");
    }
    boolean needsOnlyEnd = this != AT_END && this != BOTH;
    return era == Era.A && needsOnlyEnd
        ? Optional.of(
            "in era A every bracket ends with a flush; only_end came with era B (4645b9fe84bf)")
        : Optional.empty();
  }
}
