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
 * Those who touch pages in a {@link ReferenceMachine}: the page table, what each holds of it, how
 * it is filled and made to forget, and the brackets around changes. Keeps all rules but one.
 */
abstract class ReferenceWorld {
  static final int MM = 1;
  static final int PAGES = 12;
  private static final List<String> CPUS = List.of("cpu0", "cpu1", "cpu2");
  static final String DEVICE = "dev0";
  static final String IOMMU = "iommu0";
  private static final String SUBSCRIBER = "kvm";

  record Pte(long pfn, boolean writable) {}

  private record Held(long pfn, boolean writable) {}

  private final Observer observer;
  final Dice dice;
  private final Optional<Rule> broken;
  final Map<Long, Pte> table = new TreeMap<>();
  private final Map<String, Map<Long, Held>> held = new TreeMap<>();
  private final Map<Long, Long> transfers = new TreeMap<>();
  final Map<Long, Boolean> shared = new TreeMap<>();
  final Map<Long, Boolean> unrecorded = new TreeMap<>();
  private final List<PageRange> blocked = new ArrayList<>();
  long nowPs;
  long pfns;
  long operations;
  private long transfersBegun;

  ReferenceWorld(Observer observer, long seed, Optional<Rule> broken) {
    this.observer = observer;
    this.dice = Dice.of(seed, "machine");
    this.broken = broken;
    CPUS.forEach(cpu -> held.put(cpu, new TreeMap<>()));
    for (String other : List.of(DEVICE, IOMMU, SUBSCRIBER)) {
      held.put(other, new TreeMap<>());
    }
    CPUS.forEach(cpu -> state(cpu, new MachineFact.ContextTaken(MM, false)));
  }

  final boolean keeps(Rule rule) {
    return broken.isEmpty() || broken.get() != rule;
  }

  final void state(String component, MachineFact fact) {
    stateAfter(dice.below(3), component, fact);
  }

  final void stateAfter(long ps, String component, MachineFact fact) {
    nowPs += ps;
    observer.seen(nowPs, component, fact);
  }

  final void someTouches() {
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

  private boolean isBlocked(long page) {
    return blocked.stream().anyMatch(range -> range.contains(page));
  }

  final void others() {
    someTouches();
  }

  final void open(PageRange range) {
    state(
        "mm0",
        new MachineFact.BracketOpened(operations, MM, range, MachineFact.Event.CLEAR));
    if (keeps(Rule.ZAP_AT_START)) {
      drop(SUBSCRIBER, range);
    }
    state(SUBSCRIBER, new MachineFact.SubscriberStarted(MM, range));
    blocked.add(range);
  }

  final void close(PageRange range) {
    blocked.remove(range);
    drop(SUBSCRIBER, range); // nothing if it kept the rules
    state(SUBSCRIBER, new MachineFact.SubscriberEnded(MM, range));
    if (keeps(Rule.CLOSE_BRACKETS)) {
      state("mm0", new MachineFact.BracketClosed(operations, MM, range));
    }
  }

  final void protectAll(PageRange range) {
    for (long page = range.firstPage(); page < range.endPage(); page++) {
      Pte pte = table.get(page);
      if (pte != null && pte.writable()) {
        set(page, new Pte(pte.pfn(), false), Change.PROTECTED);
      }
    }
  }

  final void set(long page, Pte pte, Change change) {
    long pfn = pte == null ? table.remove(page).pfn() : pte.pfn();
    if (pte != null) {
      table.put(page, pte);
    }
    state(
        "pagetable0",
        new MachineFact.PtesChanged(MM, change, List.of(page), List.of(pfn), nowPs, 0));
  }

  final void flush(PageRange range, boolean really) {
    flushCpus(range, really);
    flushDevices(range, really);
  }

  final void flushCpus(PageRange range, boolean really) {
    if (really) {
      state(
          "cpu0",
          new MachineFact.FlushBegan(operations, Audience.CPU, MM, range, range, 2));
      CPUS.forEach(cpu -> drop(cpu, range));
      state("cpu0", new MachineFact.FlushEnded(operations, Audience.CPU));
    }
  }

  final void flushDevices(PageRange range, boolean really) {
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

  final void drain() {
    for (long transfer : List.copyOf(transfers.keySet())) {
      transfers.remove(transfer);
      state(DEVICE, new MachineFact.Drained(transfer));
    }
  }

  private void drop(String agent, PageRange range) {
    held.get(agent).keySet().removeIf(range::contains);
    state(agent, new MachineFact.Dropped(MM, range, MachineFact.Cause.INVALIDATED));
  }
}
