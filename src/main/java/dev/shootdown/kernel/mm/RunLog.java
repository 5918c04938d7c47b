package dev.shootdown.kernel.mm;

import dev.shootdown.engine.Continuation;
import dev.shootdown.kernel.mm.PageTable.Leaf;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one run of page-table steps does, in order: the instant of each step, the facts about what
 * changed, and the answer.
 */
final class RunLog {
  private final int mm;
  private final long grantedPs;
  private final KernelCall.TableVisit visit;
  private final Continuation.With<MachineFact> mark;
  private final Map<Change, Stretch> stretches = new LinkedHashMap<>();
  private final List<Entry> entries = new ArrayList<>();
  private final List<Long> tables = new ArrayList<>();
  private long steps;

  /** Entries that changed evenly, one step after the other. */
  private static final class Stretch {
    final long firstAtPs;
    final List<Long> pages = new ArrayList<>();
    final List<Long> pfns = new ArrayList<>();

    Stretch(long firstAtPs) {
      this.firstAtPs = firstAtPs;
    }
  }

  /**
   * An entry of the answer.
   *
   * @param slot where its dirty bit is read out when the run is over; null if it stays
   * @param unhooked whether the entry still stands there, in a page that was unhooked
   */
  private record Entry(long page, long pfn, Leaf leaf, Slot slot, boolean unhooked) {
    boolean dirty() {
      return (slot == null ? leaf : unhooked ? slot.now() : slot.before()).dirty();
    }
  }

  RunLog(int mm, long grantedPs, KernelCall.TableVisit visit, Continuation.With<MachineFact> mark) {
    this.mm = mm;
    this.grantedPs = grantedPs;
    this.visit = visit;
    this.mark = mark;
  }

  KernelCall.TableVisit visit() {
    return visit;
  }

  /** When the step under way is done, in ps. */
  long atPs() {
    return grantedPs + (steps + 1) * visit.stepPs();
  }

  long nowPs() {
    return grantedPs;
  }

  void stepDone() {
    steps++;
  }

  /** How long the run takes, in ps. */
  long durationPs() {
    return steps * visit.stepPs();
  }

  boolean isFull() {
    return entries.size() >= visit.manner().entriesMost();
  }

  /** The step under way changes an entry of that order; 512 frames change at once if it is 9. */
  void changed(Change change, long page, long pfn, int order) {
    if (order > 0) {
      changedAtOnce(change, run(page), run(pfn));
      return;
    }
    Stretch stretch = stretches.get(change);
    long atPs = atPs();
    if (stretch != null
        && stretch.firstAtPs + stretch.pages.size() * visit.stepPs() != atPs) {
      state(change, stretch);
      stretch = null;
    }
    if (stretch == null) {
      stretch = new Stretch(atPs);
      stretches.put(change, stretch);
    }
    stretch.pages.add(page);
    stretch.pfns.add(pfn);
  }

  /** The step under way changes all of these. */
  void changedAtOnce(Change change, List<Long> pages, List<Long> pfns) {
    if (!pages.isEmpty()) {
      mark.accept(new MachineFact.PtesChanged(mm, change, pages, pfns, atPs(), 0));
    }
  }

  /** To be said in the answer, with the dirty bit that {@code harvested} had, if that is one. */
  void answer(long page, long pfn, Leaf leaf, Slot harvested) {
    entries.add(new Entry(page, pfn, leaf, harvested, false));
  }

  /** To be said in the answer: an entry of a page-table page that was unhooked as a whole. */
  void answerUnhooked(long page, Slot slot) {
    entries.add(new Entry(page, slot.now().pfn(), slot.now(), slot, true));
  }

  void unhooked(TablePage table) {
    if (table.number() >= 0) {
      tables.add(table.number());
    }
  }

  void breach(String what) {
    mark.accept(new MachineFact.ProtocolBreach(what));
  }

  /** States what changed and has not been stated. */
  void stateChanges() {
    stretches.forEach(this::state);
    stretches.clear();
  }

  private void state(Change change, Stretch stretch) {
    mark.accept(
        new MachineFact.PtesChanged(
            mm, change, stretch.pages, stretch.pfns, stretch.firstAtPs, visit.stepPs()));
  }

  /** The answer, when the run is over; states what dirty bits were read out. */
  KernelCall.Visited finish() {
    List<Long> pages = new ArrayList<>(entries.size());
    List<Long> pfns = new ArrayList<>(entries.size());
    List<KernelCall.Seen> seen = new ArrayList<>(entries.size());
    List<Long> dirtyPages = new ArrayList<>();
    List<Long> dirtyPfns = new ArrayList<>();
    for (Entry entry : entries) {
      Leaf leaf = entry.leaf();
      pages.add(entry.page());
      pfns.add(entry.pfn());
      seen.add(
          new KernelCall.Seen(
              leaf.kind(), leaf.writable(), entry.dirty(), leaf.userfault(), leaf.order()));
      if (entry.slot() != null && entry.dirty() && leaf.isMapping()) {
        dirtyPages.addAll(leaf.order() > 0 ? run(entry.page()) : List.of(entry.page()));
        dirtyPfns.addAll(leaf.order() > 0 ? run(leaf.pfn()) : List.of(leaf.pfn()));
      }
    }
    if (!dirtyPages.isEmpty()) {
      mark.accept(new MachineFact.DirtyHarvested(mm, dirtyPages, dirtyPfns));
    }
    return new KernelCall.Visited(pages, pfns, seen, tables);
  }

  /** The 512 numbers from {@code first} on. */
  static List<Long> run(long first) {
    List<Long> run = new ArrayList<>(TablePage.ENTRIES);
    for (int i = 0; i < TablePage.ENTRIES; i++) {
      run.add(first + i);
    }
    return run;
  }
}
