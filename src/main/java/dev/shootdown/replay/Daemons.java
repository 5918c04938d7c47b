package dev.shootdown.replay;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.kernel.mm.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What khugepaged and KSM did of their own accord. Their events name an address space by a pointer
 * that nothing else in a trace has, and no address: the pointer is that of the only one that has
 * something to offer and no pointer yet, and addresses are taken in ascending order, in which both
 * daemons scan (Linux 6.18, {@code khugepaged_scan_mm_slot}, {@code scan_get_next_rmap_item}). What
 * an address space has to offer is what MADV_HUGEPAGE or MADV_MERGEABLE was given for.
 */
final class Daemons {
  private static final PageRange NOWHERE = new PageRange(0, 0);

  private final WorkLists work;
  private final ReplayPaths paths;
  private final Map<Integer, Footprint> footprints;
  private final TreeMap<Long, Integer> spaceByPointer = new TreeMap<>();
  private long lostCollapses;
  private long lostMerges;

  /** {@code footprints} are those of all address spaces so far, and grow. */
  Daemons(WorkLists work, ReplayPaths paths, Map<Integer, Footprint> footprints) {
    this.work = work;
    this.paths = paths;
    this.footprints = footprints;
  }

  /** Collapses of which it is not known whose they are. */
  long lostCollapses() {
    return lostCollapses;
  }

  /** Merges of which it is not known whose they are. */
  long lostMerges() {
    return lostMerges;
  }

  /** The address space that it was done to, if that is known. */
  OptionalInt owner(DaemonCause cause) {
    boolean collapse = cause.what() == DaemonCause.What.COLLAPSED;
    Function<Footprint, Optional<PageRange>> offer =
        collapse ? Footprint::nextCollapsible : Footprint::nextMergeable;
    Integer known = spaceByPointer.get(cause.mm());
    if (known != null && offer.apply(footprints.get(known)).isPresent()) {
      return OptionalInt.of(known);
    }
    List<Integer> candidates = new ArrayList<>();
    footprints.forEach((mm, footprint) -> {
      if (!spaceByPointer.containsValue(mm) && offer.apply(footprint).isPresent()) {
        candidates.add(mm);
      }
    });
    if (candidates.size() != 1) {
      lostCollapses += collapse ? 1 : 0;
      lostMerges += collapse ? 0 : 1;
      return OptionalInt.empty();
    }
    spaceByPointer.put(cause.mm(), candidates.get(0));
    return OptionalInt.of(candidates.get(0));
  }

  /** Does it, on the cause's CPU. */
  void carryOut(DaemonCause cause, int mm) {
    Footprint footprint = footprints.get(mm);
    if (cause.what() == DaemonCause.What.COLLAPSED) {
      PageRange block = footprint.nextCollapsible().orElseThrow();
      operate(cause, "khugepaged", paths.named("collapse"), mm, block);
      footprint.collapse(block);
    } else {
      PageRange page = footprint.nextMergeable().orElseThrow();
      boolean merged = cause.what() == DaemonCause.What.MERGED;
      operate(cause, "ksm", merged ? paths.ksmMerge() : paths.ksmProtect(), mm, page);
      footprint.merge(page);
    }
  }

  /** MADV_UNMERGEABLE: each merged page is copied, as by a write ({@code break_ksm}). */
  void unmerge(Cause cause, int mm, Footprint footprint, PageRange range) {
    footprint.merged(range)
        .forEach(page -> operate(cause, "unmerge", paths.ksmUnmerge(), mm, page));
    footprint.adviseMerging(range, false);
  }

  private void operate(Cause cause, String kind, Path path, int mm, PageRange range) {
    work.operation(
        cause, kind, range.pages(), new Action.Operate(path, mm, range, NOWHERE, -1));
  }
}
