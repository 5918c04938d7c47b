package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import dev.shootdown.trace.MachineFact.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A tiny machine that states facts: three CPUs, a device behind an IOMMU, a subscriber, one address
 * space. What it does next is diced; what it does is correct, except for one rule if that is to be
 * broken. Others go on between any two steps of a call, as far as the page table and what they
 * hold let them.
 */
final class ReferenceMachine {
  private static final int MM = 1;
  private static final int PAGES = 12;
  private static final List<String> CPUS = List.of("cpu0", "cpu1", "cpu2");
  private static final String DEVICE = "dev0";
  private static final String IOMMU = "iommu0";
  private static final String SUBSCRIBER = "kvm";

  private record Pte(long pfn, boolean writable) {}

  private record Held(long pfn, boolean writable) {}

  private final Observer observer;
  private final Dice dice;
  private final Optional<Rule> broken;
  private final Map<Long, Pte> table = new TreeMap<>();
  private final Map<String, Map<Long, Held>> held = new TreeMap<>();
  private final Map<Long, Long> transfers = new TreeMap<>();
  private final Map<Long, Boolean> shared = new TreeMap<>();
  private final Map<Long, Boolean> unrecorded = new TreeMap<>();
  private final List<PageRange> blocked = new ArrayList<>();
  private long nowPs;
  private long pfns;
  private long operations;
  private long transfersBegun;
  private long tables;
  private long faults;
  private boolean walkKnown;

  ReferenceMachine(Observer observer, long seed, Optional<Rule> broken) {
    this.observer = observer;
    this.dice = Dice.of(seed, "machine");
    this.broken = broken;
    CPUS.forEach(cpu -> held.put(cpu, new TreeMap<>()));
    for (String other : List.of(DEVICE, IOMMU, SUBSCRIBER)) {
      held.put(other, new TreeMap<>());
    }
    CPUS.forEach(cpu -> state(cpu, new MachineFact.ContextTaken(MM, false)));
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
      nowPs += 500;
      observer.seen(nowPs, DEVICE, new MachineFact.FaultRetried(faults));
    }
  }

  private boolean keeps(Rule rule) {
    return broken.isEmpty() || broken.get() != rule;
  }

  private void state(String component, MachineFact fact) {
    nowPs += dice.below(3);
    observer.seen(nowPs, component, fact);
  }

  private void someTouches() {
    for (int i = dice.below(8); i >= 0; i--) {
      int who = dice.below(5);
      String agent = who < 3 ? CPUS.get(who) : who == 3 ? DEVICE : SUBSCRIBER;
      touch(agent, dice.below(PAGES), dice.below(2) == 0);
      if (dice.below(8) == 0) {
        drain();
      }
    }
  }

  private void touch(String agent, long page, boolean write) {
    Held own = held.get(agent).get(page);
    boolean subscriber = agent.equals(SUBSCRIBER);
    if (own == null || (write && !own.writable())) {
      boolean refused = subscriber && keeps(Rule.REFUSE_FILLS_IN_BRACKET);
      if (isBlocked(page) && (refused || !subscriber || write)) {
        return;
      }
      own = fill(agent, page, write);
      if (own == null) {
        return;
      }
    }
    if (subscriber) {
      return;
    }
    long transfer = agent.equals(DEVICE) ? ++transfersBegun : -1;
    if (transfer >= 0) {
      transfers.put(transfer, own.pfn());
    }
    state(agent, new MachineFact.Used(MM, page, own.pfn(), write, transfer));
  }

  /** Walks, after a fault if need be. */
  private Held fill(String agent, long page, boolean write) {
    Pte pte = table.get(page);
    if (pte == null) {
      if (isBlocked(page)) {
        return null;
      }
      pte = new Pte(++pfns, true);
      state("frames", new MachineFact.FramesAllocated(List.of(pte.pfn())));
      set(page, pte, Change.SET);
    } else if (write && !pte.writable()) {
      pte = shared.containsKey(pte.pfn()) ? copy(page, pte) : upgrade(page, pte);
    }
    if (write && unrecorded.remove(pte.pfn()) != null && keeps(Rule.RECORD_WRITES)) {
      state("pagetable0", new MachineFact.PteDirtied(MM, page, pte.pfn()));
    }
    boolean writable = pte.writable() && (write || !unrecorded.containsKey(pte.pfn()));
    Held got = new Held(pte.pfn(), writable);
    held.get(agent).put(page, got);
    state(agent, new MachineFact.Filled(MM, page, pte.pfn(), writable, nowPs));
    if (agent.equals(DEVICE)) {
      held.get(IOMMU).put(page, got);
      state(IOMMU, new MachineFact.Filled(MM, page, pte.pfn(), writable, nowPs));
    }
    return got;
  }

  private Pte upgrade(long page, Pte pte) {
    Pte upgraded = new Pte(pte.pfn(), true);
    if (keeps(Rule.RECORD_WRITES)) {
      set(page, upgraded, Change.UPGRADED);
    } else {
      table.put(page, upgraded); // a write that goes through without a fault
    }
    return upgraded;
  }

  private Pte copy(long page, Pte old) {
    PageRange range = PageRange.of(page);
    Pte copy = new Pte(++pfns, true);
    state("frames", new MachineFact.FramesAllocated(List.of(copy.pfn())));
    state("cpu0", new MachineFact.CopyBegan(operations, MM, page, old.pfn(), copy.pfn()));
    open(range);
    set(page, null, Change.CLEARED);
    others();
    flush(range, keeps(Rule.FLUSH_BEFORE_REPOINT));
    set(page, copy, Change.REPOINTED);
    close(range);
    return copy;
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
      state(
          "cpu0",
          new MachineFact.CopyBegan(operations, MM, page, pte.pfn(), ++pfns));
      state("cpu1", new MachineFact.Used(MM, page, pte.pfn(), true, -1));
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

  private boolean isBlocked(long page) {
    return blocked.stream().anyMatch(range -> range.contains(page));
  }

  private void others() {
    someTouches();
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

  private void open(PageRange range) {
    state(
        "mm0",
        new MachineFact.BracketOpened(operations, MM, range, MachineFact.Event.CLEAR));
    if (keeps(Rule.ZAP_AT_START)) {
      drop(SUBSCRIBER, range);
    }
    state(SUBSCRIBER, new MachineFact.SubscriberStarted(MM, range));
    blocked.add(range);
  }

  private void close(PageRange range) {
    blocked.remove(range);
    drop(SUBSCRIBER, range); // nothing if it kept the rules
    state(SUBSCRIBER, new MachineFact.SubscriberEnded(MM, range));
    if (keeps(Rule.CLOSE_BRACKETS)) {
      state("mm0", new MachineFact.BracketClosed(operations, MM, range));
    }
  }

  private void protectAll(PageRange range) {
    for (long page = range.firstPage(); page < range.endPage(); page++) {
      Pte pte = table.get(page);
      if (pte != null && pte.writable()) {
        set(page, new Pte(pte.pfn(), false), Change.PROTECTED);
      }
    }
  }

  private void set(long page, Pte pte, Change change) {
    long pfn = pte == null ? table.remove(page).pfn() : pte.pfn();
    if (pte != null) {
      table.put(page, pte);
    }
    state(
        "pagetable0",
        new MachineFact.PtesChanged(MM, change, List.of(page), List.of(pfn), nowPs, 0));
  }

  private void flush(PageRange range, boolean really) {
    flushCpus(range, really);
    flushDevices(range, really);
  }

  private void flushCpus(PageRange range, boolean really) {
    if (really) {
      state(
          "cpu0",
          new MachineFact.FlushBegan(operations, Audience.CPU, MM, range, range, 2));
      CPUS.forEach(cpu -> drop(cpu, range));
      state("cpu0", new MachineFact.FlushEnded(operations, Audience.CPU));
    }
  }

  private void flushDevices(PageRange range, boolean really) {
    if (!really) {
      return;
    }
    state(
        "cpu0",
        new MachineFact.FlushBegan(operations, Audience.SECONDARY, MM, range, range, 1));
    state(IOMMU, new MachineFact.InvalidationSent(0, MM, range, 0));
    drop(IOMMU, range);
    state(DEVICE, new MachineFact.InvalidationTaken(MM, range, 0));
    drop(DEVICE, range);
    if (keeps(Rule.DRAIN_BEFORE_COMPLETION)) {
      drain();
    }
    state(DEVICE, new MachineFact.InvalidationDone(0));
    state("cpu0", new MachineFact.FlushEnded(operations, Audience.SECONDARY));
  }

  private void drain() {
    for (long transfer : List.copyOf(transfers.keySet())) {
      transfers.remove(transfer);
      state(DEVICE, new MachineFact.Drained(transfer));
    }
  }

  private void drop(String agent, PageRange range) {
    held.get(agent).keySet().removeIf(range::contains);
    state(agent, new MachineFact.Dropped(MM, range, MachineFact.Cause.INVALIDATED));
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
