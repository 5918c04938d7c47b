package dev.shootdown.check;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds translations that outlive their frame (invariant I1), from a truth of its own.
 *
 * <ol>
 *   <li>A frame lives from its allocation to its free, and its number is never given out again.
 *   <li>A component holds an entry from {@code Filled} to {@code Dropped}; a second fill for the
 *       same page replaces the first.
 *   <li>An entry whose page-table entry was cleared, moved or protected is stale. That is legal as
 *       long as the frame lives: a CPU that flushes late, a batch that waits for its commit.
 *   <li>When the frame is freed, no device and no IOMMU may hold an entry to it, and no DMA to it
 *       may be under way. CPUs and vCPUs may: a lazy CPU, one with another address space loaded, or
 *       one that has a flush pending keeps entries that it drops before it could use them. So a CPU
 *       is judged when it uses one.
 *   <li>Nobody may use an entry to a freed frame; no device and no IOMMU may cache one.
 *   <li>An entry that a guest's table and the host's make together stands for two frames, the
 *       guest's and the host's: it must outlive neither.
 *   <li>A device that was pulled out holds nothing any more, and its DMA is not judged: it states
 *       neither what it drops nor what drains.
 *   <li>Within an announced window of deferred flushing devices and IOMMUs may do all that; what
 *       they still hold when it closes counts. Where a flush was left until a device works in the
 *       address space again they may hold entries till then, and use none.
 * </ol>
 *
 * <p>One finding per holder, page and frame. A device's PASID is taken for the address space's
 * number.
 */
public final class StaleUseJudge implements Observer {
  private static final int KEPT_FINDINGS = 1000;
  private static final int KEPT_HISTORY = 1 << 16;

  /** The reason that a device states when it is pulled out. */
  private static final String REMOVED = "removed";

  private final Docket docket;
  private final Books books;
  private final FreedFrames freed = new FreedFrames();
  private final Recent<Long, StaleUse.Free> frees = new Recent<>(KEPT_HISTORY);
  private final List<Finding> frameBreaches = new ArrayList<>();
  private long unlisted;

  /** A judge with books of its own. */
  public StaleUseJudge() {
    this(new Docket());
  }

  StaleUseJudge(Docket docket) {
    this.docket = docket;
    this.books = docket.books();
    docket.hear(MachineFact.Filled.class, this::onFilled);
    docket.hear(MachineFact.Used.class, this::onUsed);
    docket.hear(MachineFact.FramesAllocated.class, this::onAllocated);
    docket.hear(MachineFact.FramesFreed.class, this::onFreed);
    docket.hear(MachineFact.StaleWindowClosed.class, this::onWindowClosed);
    docket.hear(
        MachineFact.DeviceFailed.class,
        (atPs, by, fact) -> {
          if (fact.reason().equals(REMOVED)) {
            books.holdings().drop(by, held -> books.exposures().closed(held, atPs));
            books.dmas().gone(by);
          }
        });
  }

  @Override
  public void seen(long atPs, String component, Fact fact) {
    docket.seen(atPs, component, fact);
  }

  /** In the order in which they were established. */
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>(books.cases().findings());
    findings.addAll(frameBreaches);
    return List.copyOf(findings);
  }

  /** How many more there were. */
  public long unlisted() {
    return books.cases().unlisted() + unlisted;
  }

  /** Frames given out or freed twice. */
  List<Finding> frameBreaches() {
    return frameBreaches;
  }

  /** How many more of those there were. */
  long frameBreachesUnlisted() {
    return unlisted;
  }

  /** How much is remembered without a bound of its own: entries held and DMA under way. */
  int remembered() {
    return books.holdings().size() + books.dmas().size();
  }

  /** How long stale entries stayed cached. */
  public List<Exposure> exposures() {
    return books.exposures().by(books.holdings());
  }

  private void onFilled(long atPs, Agent by, MachineFact.Filled filled) {
    if (by.isCpu()) {
      return;
    }
    Holding holding = by.holding(filled);
    if (holding != null && holding.join() != null) {
      onFilled(atPs, holding);
      return;
    }
    long pages = 1L << filled.order();
    for (long i = 0; i < pages; i++) {
      long page = filled.page() + i;
      long pfn = filled.pfn() + i;
      if (freed.contains(pfn) && !books.windows().allow(by, filled.mm(), page)) {
        Case.Subject subject = holding.subject(page);
        books.cases()
            .open(StaleUse.Kind.FILLED_AFTER_FREE, by, subject, freeOf(pfn), atPs);
      }
    }
  }

  /** An entry of two tables leads to a frame, and through a guest's. */
  private void onFilled(long atPs, Holding holding) {
    long page = holding.firstPage();
    for (long pfn : List.of(holding.join().guestPfn(), holding.fill.pfn())) {
      if (freed.contains(pfn)
          && !books.windows().allow(holding.holder, holding.fill.mm(), page)) {
        books.cases()
            .open(
                StaleUse.Kind.FILLED_AFTER_FREE, holding.holder, holding.subject(page, pfn),
                freeOf(pfn), atPs);
      }
    }
  }

  private void onUsed(long atPs, Agent by, MachineFact.Used used) {
    Holding way = books.through();
    if (way != null && way.join() != null) {
      onUsed(atPs, by, way);
      return;
    }
    if (freed.contains(used.pfn()) && !books.windows().allow(by, used.mm(), used.page())) {
      books.cases()
          .openUsed(
              StaleUse.Kind.USED_AFTER_FREE, by, books.subject(by, used), freeOf(used.pfn()),
              atPs);
    }
  }

  private void onUsed(long atPs, Agent by, Holding way) {
    long page = way.firstPage();
    for (long pfn : List.of(way.join().guestPfn(), way.fill.pfn())) {
      if (freed.contains(pfn) && !books.windows().allow(by, way.fill.mm(), page)) {
        books.cases()
            .openUsed(
                StaleUse.Kind.USED_AFTER_FREE, by, way.subject(page, pfn), freeOf(pfn), atPs);
      }
    }
  }

  private void onAllocated(long atPs, Agent by, MachineFact.FramesAllocated allocated) {
    for (long pfn : allocated.pfns()) {
      if (freed.contains(pfn)) {
        breach(atPs, by, pfn, "handed out again, which this run's numbering excludes");
      }
    }
  }

  private void onFreed(long atPs, Agent by, MachineFact.FramesFreed gone) {
    StaleUse.Free free = books.deed(atPs, by, gone.operation());
    for (long pfn : gone.pfns()) {
      if (!freed.add(pfn)) {
        breach(atPs, by, pfn, "freed twice");
        continue;
      }
      frees.remember(pfn, free);
      for (Holding holding : books.leadingTo(pfn)) {
        long page = holding.pageOf(pfn);
        if (!holding.holder.isCpu()
            && !books.windows().allowHolding(holding.holder, holding.fill.mm(), page)) {
          books.cases()
              .open(
                  StaleUse.Kind.HELD_AT_FREE, holding.holder, holding.subject(page, pfn), free,
                  atPs);
        }
      }
      for (Dmas.Dma dma : books.dmasTo(pfn)) {
        if (!books.windows().allow(dma.holder(), dma.used().mm(), dma.used().page())) {
          books.cases()
              .open(
                  StaleUse.Kind.IN_FLIGHT_AT_FREE, dma.holder(), books.subject(dma, pfn), free,
                  atPs);
        }
      }
    }
  }

  private void onWindowClosed(long atPs, Agent by, MachineFact.StaleWindowClosed closed) {
    StaleUse.Free deed = books.deed(atPs, by, -1);
    for (Holding holding : books.holdings().inAny(closed.mm(), closed.range())) {
      if (holding.holder.isCpu()) {
        continue;
      }
      for (long page = holding.firstPage(); holding.covers(page); page++) {
        if (closed.range().contains(page)
            && freed.contains(holding.pfnOf(page))
            && !books.windows().allowHolding(holding.holder, closed.mm(), page)) {
          books.cases()
              .open(
                  StaleUse.Kind.HELD_AFTER_WINDOW, holding.holder, holding.subject(page), deed,
                  atPs);
        }
      }
    }
  }

  /** How the frame went; of one freed long ago only that it did is known, told as at time 0. */
  private StaleUse.Free freeOf(long pfn) {
    StaleUse.Free free = frees.get(pfn);
    return free != null ? free : new StaleUse.Free("", "", -1, "", 0);
  }

  private void breach(long atPs, Agent by, long pfn, String what) {
    if (frameBreaches.size() < KEPT_FINDINGS) {
      frameBreaches.add(
          Finding.breach(atPs, by.name, String.format("frame 0x%x was %s", pfn, what)));
    } else {
      unlisted++;
    }
  }
}
