package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A tiny machine that states facts: three CPUs, a device behind an IOMMU, a subscriber, one address
 * space. What it does next is diced; what it does is correct, except for one rule if that is to be
 * broken. Others go on between any two steps of a call, as far as the page table and what they
 * hold let them.
 */
final class ReferenceMachine extends ReferenceWorld {
  private long tables;
  private long faults;
  private boolean walkKnown;

  ReferenceMachine(Observer observer, long seed, Optional<Rule> broken) {
    super(observer, seed, broken);
  }

  void run(int steps) {
    for (int i = 0; i < steps; i++) {
      switch (dice.below(12)) {
        case 0 -> unmap(false);
        case 1 -> unmap(true);
        case 2 -> protect();
        case 3 -> fork();
        case 4 -> merge();
        case 5 -> clean();
        case 6 -> freeTable();
        case 7 -> fault();
        default -> someTouches();
      }
    }
    drain();
    for (int i = 0; i < 10 && !keeps(Rule.SERVE_FAULTS); i++) {
      stateAfter(500, DEVICE, new MachineFact.FaultRetried(faults));
    }
  }

  /** Pages go: munmap, or the same with a deferred flush that is announced. */
  private void unmap(boolean deferred) {
    PageRange range = range();
    begin("munmap", range);
    open(range);
    List<Long> gone = new ArrayList<>();
    long racing = range.firstPage();
    Pte racer = table.get(racing);
    long racedPs = nowPs;
    for (long page = range.firstPage(); page < range.endPage(); page++) {
      Pte pte = table.get(page);
      if (pte != null) {
        set(page, null, Change.CLEARED);
        gone.add(pte.pfn());
      }
    }
    others();
    if (deferred) {
      deferred(range, gone);
      close(range);
      end();
      return;
    }
    if (!keeps(Rule.FLUSH_BEFORE_RETURN)) {
      revoke(range, false);
      others();
    }
    flushCpus(range, keeps(Rule.FLUSH_CPUS_BEFORE_FREE));
    flushDevices(range, keeps(Rule.FLUSH_DEVICES_BEFORE_FREE));
    if (racer != null && !keeps(Rule.DISCARD_RACING_FILLS)) {
      state(DEVICE, new MachineFact.Filled(MM, racing, racer.pfn(), true, racedPs));
    }
    free(gone);
    others();
    close(range);
    if (keeps(Rule.FLUSH_BEFORE_RETURN)) {
      revoke(range, false);
    }
    end();
  }

  private void deferred(PageRange range, List<Long> gone) {
    flushCpus(range, true);
    if (keeps(Rule.ANNOUNCE_DEFERRED_FLUSH)) {
      state("cpu0", new MachineFact.StaleWindowOpened(MM, range));
    }
    free(gone);
    revoke(range, false);
    others();
    flushDevices(range, true);
    if (keeps(Rule.ANNOUNCE_DEFERRED_FLUSH)) {
      state("cpu0", new MachineFact.StaleWindowClosed(MM, range));
    }
  }

  private void protect() {
    PageRange range = range();
    begin("mprotect", range);
    open(range);
    protectAll(range);
    others();
    if (!keeps(Rule.FLUSH_BEFORE_RETURN)) {
      revoke(range, true);
      others();
    }
    flush(range, true);
    close(range);
    revoke(range, true);
    end();
  }

  private void fork() {
    PageRange range = range();
    begin("fork", range);
    open(range);
    protectAll(range);
    others();
    flush(range, keeps(Rule.FLUSH_BEFORE_END_OF_FORK));
    List<Long> both = new ArrayList<>();
    for (long page = range.firstPage(); page < range.endPage(); page++) {
      Pte pte = table.get(page);
      if (pte != null) {
        both.add(pte.pfn());
        shared.put(pte.pfn(), true);
      }
    }
    if (keeps(Rule.PROTECT_BEFORE_COPY)) {
      state("frames", new MachineFact.FramesShared(operations, MachineFact.Share.FORK, both));
    } else if (!both.isEmpty()) {
      copyUnprotected(range.firstPage());
    }
    close(range);
    others();
    end();
  }

  /** A copy of a page that a CPU goes on writing. */
  private void copyUnprotected(long page) {
    Pte pte = table.get(page);
    if (pte != null) {
      Pte copy = new Pte(++pfns, true);
      state("frames", new MachineFact.FramesAllocated(List.of(copy.pfn())));
      state("cpu0", new MachineFact.CopyBegan(operations, MM, page, pte.pfn(), copy.pfn()));
      state("cpu1", new MachineFact.Used(MM, page, pte.pfn(), true, -1));
      set(page, null, Change.CLEARED);
      flush(PageRange.of(page), true);
      set(page, copy, Change.REPOINTED); // it takes the place of what went on being written
    }
  }

  private void merge() {
    long page = dice.below(PAGES);
    Pte old = table.get(page);
    if (old == null || shared.containsKey(old.pfn())) {
      return;
    }
    PageRange range = PageRange.of(page);
    begin("ksm-merge", range);
    open(range);
    protectAll(range);
    others();
    flush(range, keeps(Rule.FLUSH_BEFORE_COMPARE));
    long merged = ++pfns;
    state("frames", new MachineFact.FramesAllocated(List.of(merged)));
    shared.put(merged, true);
    state(
        "frames",
        new MachineFact.FramesShared(
            operations, MachineFact.Share.KSM, List.of(merged, old.pfn())));
    others();
    set(page, null, Change.CLEARED);
    set(page, new Pte(merged, false), Change.REPOINTED);
    others(); // era B: the old of two equal pages may be read until the notifier's end
    flush(range, true);
    close(range);
    free(List.of(old.pfn()));
    end();
  }

  private void clean() {
    long page = dice.below(PAGES);
    Pte pte = table.get(page);
    if (pte == null || shared.containsKey(pte.pfn())) {
      return;
    }
    PageRange range = PageRange.of(page);
    begin("mkclean", range);
    open(range);
    protectAll(range);
    state(
        "pagetable0",
        new MachineFact.DirtyHarvested(MM, List.of(page), List.of(pte.pfn())));
    others();
    flush(range, keeps(Rule.FLUSH_BEFORE_CLEAN));
    close(range);
    unrecorded.put(pte.pfn(), true);
    state(
        "frames",
        new MachineFact.FramesCleaned(
            operations, MachineFact.Clean.MKCLEAN, List.of(pte.pfn())));
    others();
    end();
  }

  private void freeTable() {
    PageRange all = new PageRange(0, 512);
    if (!walkKnown) {
      state(IOMMU, new MachineFact.WalkCached(MM, all, tables));
      state("cpu1", new MachineFact.WalkCached(MM, all, tables));
      walkKnown = true;
      return;
    }
    state(IOMMU, new MachineFact.WalkUsed(MM, 3, tables));
    if (keeps(Rule.DROP_WALKS_BEFORE_TABLE_FREE)) {
      state(IOMMU, new MachineFact.WalkDropped(MM, all));
    }
    state("pagetable0", new MachineFact.TableFreed(operations, MM, all, tables++));
    state("cpu1", new MachineFact.WalkDropped(MM, all)); // a lazy CPU drops it before its use
    walkKnown = false;
  }

  private void fault() {
    if (!keeps(Rule.SERVE_FAULTS) && faults > 0) {
      return;
    }
    long request = ++faults;
    state(DEVICE, new MachineFact.FaultRaised(request, MM, 5, true));
    if (keeps(Rule.SERVE_FAULTS)) {
      for (int i = dice.below(6); i > 0; i--) {
        nowPs += 10;
        state(DEVICE, new MachineFact.FaultRetried(request));
      }
      state(
          DEVICE,
          new MachineFact.FaultResolved(request, MachineFact.Resolution.SERVED));
    }
  }

  private PageRange range() {
    int first = dice.below(PAGES);
    return new PageRange(first, 1 + dice.below(PAGES - first));
  }

  private void begin(String kind, PageRange range) {
    state("cpu0", new MachineFact.OperationBegan(++operations, kind, MM, range));
  }

  private void end() {
    state("cpu0", new MachineFact.OperationEnded(operations));
  }

  private void free(List<Long> gone) {
    List<Long> own = new ArrayList<>(gone);
    own.removeIf(shared::containsKey); // others have them still
    if (!own.isEmpty()) {
      state("frames", new MachineFact.FramesFreed(operations, own));
    }
  }

  private void revoke(PageRange range, boolean writeOnly) {
    state("cpu0", new MachineFact.RightsRevoked(operations, MM, range, writeOnly));
  }
}
