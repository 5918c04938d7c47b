package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The truth that the judges of one docket share, drawn from facts alone: who holds what, what the
 * page tables say, which DMA goes on, who does what at the moment, which flushes and invalidations
 * were there, and the cases opened so far.
 */
final class Books {
  private final Holdings holdings = new Holdings();
  private final Stages stages = new Stages();
  private final Shadow shadow = new Shadow();
  private final PteChanges changes = new PteChanges();
  private final Dmas dmas = new Dmas();
  private final Exposures exposures = new Exposures();
  private final OperationsSeen operations = new OperationsSeen();
  private final FlushesSeen flushes = new FlushesSeen();
  private final InvalidationsSeen invalidations = new InvalidationsSeen();
  private final StaleWindows windows = new StaleWindows();
  private final Cases cases = new Cases(this);
  private final LocksHeld locks = new LocksHeld();
  private Holding through;

  Books(Docket docket) {
    changes.listen(this::onChange);
    docket.hear(MachineFact.StagesJoined.class, (atPs, by, fact) -> stages.joined(fact));
    docket.hear(MachineFact.Filled.class, this::onFilled);
    docket.hear(
        MachineFact.Dropped.class,
        (atPs, by, fact) ->
            holdings.drop(
                by, fact.mm(), fact.range(), held -> exposures.closed(held, atPs)));
    docket.hear(MachineFact.Used.class, (atPs, by, fact) -> onUsed(by, fact));
    docket.hear(
        MachineFact.Drained.class, (atPs, by, fact) -> dmas.drained(by, fact.transfer()));
    docket.hear(MachineFact.PtesChanged.class, this::onPtesChanged);
    docket.hear(MachineFact.ContextTaken.class, (atPs, by, fact) -> by.tookContext());
    docket.hear(MachineFact.SubscriberStarted.class, (atPs, by, fact) -> by.subscribed());
    docket.hear(
        MachineFact.StaleWindowOpened.class,
        (atPs, by, fact) -> windows.opened(fact.mm(), fact.range()));
    docket.hear(
        MachineFact.FlushLeftToUse.class, (atPs, by, fact) -> windows.leftToUse(fact.mm()));
    docket.hear(
        MachineFact.StaleWindowClosed.class,
        (atPs, by, fact) -> windows.closed(fact.mm(), fact.range()));
    hearOperations(docket);
    hearFlushes(docket);
  }

  private void hearOperations(Docket docket) {
    docket.hear(
        MachineFact.OperationBegan.class,
        (atPs, by, fact) -> operations.began(by.name, fact));
    docket.hear(
        MachineFact.OperationEnded.class, (atPs, by, fact) -> operations.ended(by.name));
    docket.hear(
        MachineFact.LockTaken.class, (atPs, by, fact) -> locks.taken(atPs, fact));
    docket.hear(MachineFact.LockDropped.class, (atPs, by, fact) -> locks.dropped(fact));
  }

  private void hearFlushes(Docket docket) {
    docket.hear(
        MachineFact.FlushBegan.class,
        (atPs, by, fact) ->
            cases.flushed(
                flushes.began(atPs, by.name, operations.kindOf(fact.operation()), fact)));
    docket.hear(
        MachineFact.FlushEnded.class, (atPs, by, fact) -> flushes.ended(atPs, fact));
    docket.hear(
        MachineFact.InvalidationSent.class,
        (atPs, by, fact) -> {
          by.sentInvalidation();
          cases.invalidated(invalidations.sent(atPs, by.name, fact));
        });
    docket.hear(
        MachineFact.InvalidationTaken.class,
        (atPs, by, fact) -> invalidations.taken(atPs, by.name, fact));
    docket.hear(
        MachineFact.InvalidationDone.class,
        (atPs, by, fact) -> invalidations.done(atPs, by.name, fact));
  }

  /** When the next page-table step that was stated ahead is due, in ps. */
  long duePs() {
    return changes.duePs();
  }

  /** Lets the page-table steps up to {@code atPs} happen. */
  void catchUp(long atPs) {
    changes.catchUp(atPs);
  }

  Holdings holdings() {
    return holdings;
  }

  Shadow shadow() {
    return shadow;
  }

  PteChanges changes() {
    return changes;
  }

  Dmas dmas() {
    return dmas;
  }

  Exposures exposures() {
    return exposures;
  }

  OperationsSeen operations() {
    return operations;
  }

  FlushesSeen flushes() {
    return flushes;
  }

  InvalidationsSeen invalidations() {
    return invalidations;
  }

  LocksHeld locks() {
    return locks;
  }

  StaleWindows windows() {
    return windows;
  }

  Cases cases() {
    return cases;
  }

  /** An act of {@code operation}, stated by {@code by}. */
  StaleUse.Free deed(long atPs, Agent by, long operation) {
    return new StaleUse.Free(
        by.name, operations.cpuOf(operation, by.name), operation, operations.kindOf(operation),
        atPs);
  }

  /** The entry through which the access went that is being heard, as far as it is known. */
  Case.Subject subject(Agent by, MachineFact.Used used) {
    return subject(by, used, through);
  }

  /** What is held that leads to a frame, or through it if it is a guest's. */
  List<Holding> leadingTo(long pfn) {
    List<Holding> through = stages.throughGuestFrame(pfn);
    return through.isEmpty() ? holdings.ofFrame(pfn) : List.copyOf(through);
  }

  /** What is held by way of a page of the host's that stands behind a guest's table. */
  List<Holding> heldBehind(int mm, long page) {
    return stages.throughHostPage(mm, page);
  }

  /** The DMA under way to a frame, or through it if it is a guest's. */
  List<Dmas.Dma> dmasTo(long pfn) {
    if (stages.isEmpty()) {
      return dmas.to(pfn);
    }
    List<Dmas.Dma> all = new ArrayList<>(dmas.to(pfn));
    dmas.forEach(
        dma -> {
          Holding way = dma.through();
          if (way != null && way.join() != null && way.join().guestPfn() == pfn) {
            all.add(dma);
          }
        });
    return all;
  }

  /** The entry through which a DMA to or through frame {@code pfn} went, as far as known. */
  Case.Subject subject(Dmas.Dma dma, long pfn) {
    Holding way = dma.through();
    return way != null && way.join() != null
        ? way.subject(dma.used().page(), pfn) : subject(dma);
  }

  /** The entry through which a DMA went, as far as it is known. */
  Case.Subject subject(Dmas.Dma dma) {
    return subject(dma.holder(), dma.used(), dma.through());
  }

  private Case.Subject subject(Agent by, MachineFact.Used used, Holding holding) {
    if (holding != null) {
      return holding.subject(used.page());
    }
    Shadow.Page known = shadow.page(used.mm(), used.page());
    StaleUse.Pte change =
        known != null && known.takenPfn() == used.pfn() ? known.taken() : null;
    return new Case.Subject(
        new StaleUse.Entry(
            by.name, used.mm(), used.page(), used.pfn(), OptionalLong.empty(),
            OptionalLong.empty()),
        change);
  }

  /** The entry through which the access went that is being heard, null if that was not seen. */
  Holding through() {
    return through;
  }

  /** Whether the access that is being heard went through an entry that missed no change. */
  boolean isThroughFresh(MachineFact.Used used) {
    return through != null && through.staleBy(used.page()) == null;
  }

  private void onFilled(long atPs, Agent by, MachineFact.Filled filled) {
    Holding holding = new Holding(by, filled, atPs, stages.of(filled));
    for (long page = filled.page(); holding.covers(page); page++) {
      Shadow.Page known = shadow.page(filled.mm(), page);
      if (known != null && known.taken() != null) {
        holding.changed(known.taken(), page, known.takenPfn());
      }
    }
    holdings.add(holding, replaced -> exposures.closed(replaced, atPs));
    if (holding.join() != null) {
      MachineFact.StagesJoined join = holding.join();
      Shadow.Page behind = shadow.page(join.hostMm(), join.hostPage());
      if (behind != null && behind.taken() != null) {
        holding.changedBehind(behind.taken(), behind.takenPfn());
      }
      stages.add(holding);
    }
  }

  private void onUsed(Agent by, MachineFact.Used used) {
    Holding holding = by.holding(used.mm(), used.page());
    through =
        holding != null && holding.pfnOf(used.page()) == used.pfn() ? holding : null;
    if (used.transfer() >= 0) {
      dmas.began(new Dmas.Dma(by, used, through));
    }
  }

  private void onPtesChanged(long atPs, Agent by, MachineFact.PtesChanged changed) {
    if (changed.pages().isEmpty()) {
      return;
    }
    long holder = locks.soleHolder(atPs, by.name);
    String actor =
        holder != LocksHeld.NONE
            ? operations.cpuOf(holder, by.name)
            : operations.onlyCpuAt(changed.mm(), changed.pages().get(0), by.name);
    changes.stated(by.name, actor, changed);
    changes.catchUp(atPs);
  }

  private void onChange(StaleUse.Pte change, int mm, long page, long pfn) {
    long takenPfn = shadow.apply(change, mm, page, pfn);
    if (takenPfn == Shadow.UNKNOWN && change.change() != MachineFact.Change.REPOINTED) {
      return;
    }
    for (Holding holding : holdings.ofPage(mm, page)) {
      long heldPfn = holding.pfnOf(page);
      boolean repointed = takenPfn == Shadow.UNKNOWN && heldPfn != pfn;
      holding.changed(change, page, repointed ? heldPfn : takenPfn);
    }
    for (Holding holding : stages.throughHostPage(mm, page)) {
      boolean repointed = takenPfn == Shadow.UNKNOWN && holding.fill.pfn() != pfn;
      holding.changedBehind(change, repointed ? holding.fill.pfn() : takenPfn);
    }
  }
}
