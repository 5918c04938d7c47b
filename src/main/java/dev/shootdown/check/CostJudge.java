package dev.shootdown.check;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Counts what coherence costs (invariant I11), and gives no verdict: requests and how far they were
 * widened, flushes that change nothing, waiting under locks, interrupts off, time stolen, and the
 * order in which locks are taken.
 *
 * <p>A lock is a page-table lock if its component ever changed an entry. Locks whose names differ
 * by what follows a space, such as {@code folio 12}, are one class.
 */
public final class CostJudge implements Observer {
  private static final class Work {
    private final Few<Hold> held = new Few<>();
    private long flushingSincePs = -1;
  }

  private static final class Hold {
    private final long sincePs;
    private int times = 1;

    private Hold(long sincePs) {
      this.sincePs = sincePs;
    }
  }

  private record Off(String cpu, long longestPs, long operation, String path) {}

  private final Docket docket;
  private final Limits limits;
  private final RangeChanges changes = new RangeChanges();
  private final FlushTally cpu = new FlushTally(changes);
  private final FlushTally secondary = new FlushTally(changes);
  private final FlushTally device = new FlushTally(changes);
  private final LockOrder order = new LockOrder();
  private final Set<String> tables = new TreeSet<>();
  private final PlaceMap<Work> works = new PlaceMap<>();
  private final TreeMap<String, Long> waitedPs = new TreeMap<>();
  private final TreeMap<String, Off> off = new TreeMap<>();
  private long stolenPs;

  /** A judge with books of its own. */
  public CostJudge(Limits limits) {
    this(new Docket(), limits);
  }

  CostJudge(Docket docket, Limits limits) {
    this.docket = docket;
    this.limits = limits;
    docket.hear(MachineFact.FlushBegan.class, this::onFlushBegan);
    docket.hear(MachineFact.FlushEnded.class, this::onFlushEnded);
    docket.hear(MachineFact.InterruptSent.class, (atPs, by, fact) -> cpu.message());
    docket.hear(MachineFact.InvalidationSent.class, this::onInvalidation);
    docket.hear(MachineFact.LockTaken.class, this::onTaken);
    docket.hear(MachineFact.LockDropped.class, this::onDropped);
    docket.hear(
        MachineFact.Stolen.class,
        (atPs, by, fact) -> stolenPs += Math.max(0, atPs - fact.fromPs()));
    docket.hear(MachineFact.InterruptsWereOff.class, this::onInterruptsWereOff);
    docket.hear(
        MachineFact.PtesChanged.class,
        (atPs, by, fact) -> {
          if (by.changedTable()) {
            tables.add(by.name);
          }
          changes.changed(fact.mm(), fact.pages());
        });
  }

  @Override
  public void seen(long atPs, String component, Fact fact) {
    docket.seen(atPs, component, fact);
  }

  /** The figures so far, with those on faults from {@code liveness}. */
  public CostReport report(Liveness liveness) {
    long underTablesPs = 0;
    for (Map.Entry<String, Long> lock : waitedPs.entrySet()) {
      underTablesPs += tables.contains(lock.getKey()) ? lock.getValue() : 0;
    }
    List<CostReport.InterruptsOff> stretches = new ArrayList<>();
    for (Off longest : off.values()) {
      stretches.add(
          new CostReport.InterruptsOff(
              longest.cpu(), longest.longestPs(), longest.operation(), longest.path(),
              lockup(longest.longestPs())));
    }
    return new CostReport(
        cpu.costs(), secondary.costs(), device.costs(),
        new CostReport.HoldingUp(
            underTablesPs, Collections.unmodifiableSortedMap(new TreeMap<>(waitedPs)),
            List.copyOf(stretches), order.cycles()),
        stolenPs, liveness);
  }

  private CostReport.Lockup lockup(long lengthPs) {
    if (lengthPs < limits.hardLockupPs()) {
      return CostReport.Lockup.NONE;
    }
    return lengthPs < limits.softLockupPs()
        ? CostReport.Lockup.HARD
        : CostReport.Lockup.HARD_AND_SOFT;
  }

  private void onFlushBegan(long atPs, Agent by, MachineFact.FlushBegan began) {
    if (began.audience() == Audience.CPU) {
      cpu.flushed(began.mm(), began.requested(), began.flushed());
      return;
    }
    secondary.flushed(began.mm(), began.requested(), began.flushed());
    if (began.operation() >= 0) {
      work(began.operation()).flushingSincePs = atPs;
    }
  }

  private void onFlushEnded(long atPs, Agent by, MachineFact.FlushEnded ended) {
    Work work = works.get(ended.operation());
    if (work == null || ended.audience() == Audience.CPU || work.flushingSincePs < 0) {
      return;
    }
    work.held.forEach(
        (lock, hold) -> waited(lock, Math.max(hold.sincePs, work.flushingSincePs), atPs));
    work.flushingSincePs = -1;
    forgetIdle(ended.operation(), work);
  }

  private void onInvalidation(long atPs, Agent by, MachineFact.InvalidationSent sent) {
    secondary.message();
    device.message();
    device.sent(by, sent.device(), sent.pasid(), sent.range());
  }

  private void onTaken(long atPs, Agent by, MachineFact.LockTaken taken) {
    if (taken.operation() < 0) {
      return;
    }
    Work work = work(taken.operation());
    String lock = classOf(taken.lock());
    Hold before = work.held.get(lock);
    if (before != null) {
      before.times++;
      return;
    }
    work.held.forEach((held, hold) -> order.taken(held, lock));
    work.held.add(lock, new Hold(atPs));
  }

  private Work work(long operation) {
    Work work = works.get(operation);
    if (work == null) {
      work = new Work();
      works.put(operation, work);
    }
    return work;
  }

  private void onDropped(long atPs, Agent by, MachineFact.LockDropped dropped) {
    Work work = works.get(dropped.operation());
    String lock = classOf(dropped.lock());
    Hold hold = work == null ? null : work.held.get(lock);
    if (hold == null || --hold.times > 0) {
      return;
    }
    work.held.remove(lock);
    if (work.flushingSincePs >= 0) {
      waited(lock, Math.max(hold.sincePs, work.flushingSincePs), atPs);
    }
    forgetIdle(dropped.operation(), work);
  }

  /** {@code folio 12} is one of the folio locks: frames come and go, their lock's place stays. */
  private static String classOf(String lock) {
    int space = lock.lastIndexOf(' ');
    return space < 0 ? lock : lock.substring(0, space);
  }

  private void waited(String lock, long fromPs, long untilPs) {
    waitedPs.merge(lock, untilPs - fromPs, Long::sum);
  }

  private void forgetIdle(long operation, Work work) {
    if (work.held.isEmpty() && work.flushingSincePs < 0) {
      works.remove(operation);
    }
  }

  private void onInterruptsWereOff(long atPs, Agent by, MachineFact.InterruptsWereOff was) {
    long lengthPs = atPs - was.fromPs();
    Off longest = off.get(by.name);
    if (longest == null || longest.longestPs() < lengthPs) {
      String path = docket.books().operations().kindOf(was.operation());
      off.put(by.name, new Off(by.name, lengthPs, was.operation(), path));
    }
  }
}
