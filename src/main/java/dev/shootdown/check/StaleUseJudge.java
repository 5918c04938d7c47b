package dev.shootdown.check;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds translations that outlive their frame, from a truth of its own.
 *
 * <ol>
 *   <li>A frame lives from its allocation to its free, and its number is never given out again.
 *   <li>A component holds an entry from {@code Filled} to {@code Dropped}; a second fill for the
 *       same page replaces the first.
 *   <li>An entry whose page-table entry was cleared, moved or protected is stale. That is legal as
 *       long as the frame lives: a CPU that flushes late, a batch that waits for its commit.
 *   <li>When the frame is freed, no device and no IOMMU may hold an entry to it, and no DMA to it
 *       may be under way. CPUs may: a lazy CPU, or one with another address space loaded, keeps
 *       entries that it drops before it could use them. So a CPU is judged when it uses one.
 *   <li>Nobody may use an entry to a freed frame; no device and no IOMMU may cache one.
 * </ol>
 *
 * <p>One finding per holder, page and frame. A device's PASID is taken for the address space's
 * number.
 */
public final class StaleUseJudge implements Observer {
  private static final int KEPT_FINDINGS = 1000;
  private static final int KEPT_HISTORY = 1 << 16;

  private record Key(String holder, int mm, long page, long pfn) {}

  private record Page(int mm, long page) {}

  private record Changed(StaleUse.Pte change, long pfn) {}

  private record Transfer(String holder, long number) {}

  private record Dma(Transfer transfer, MachineFact.Used used) {}

  private final FreedFrames freed = new FreedFrames();
  private final Holdings holdings = new Holdings();
  private final Exposures exposures = new Exposures();
  private final OperationsSeen operations = new OperationsSeen();
  private final FlushesSeen flushes = new FlushesSeen();
  private final InvalidationsSeen invalidations = new InvalidationsSeen();
  private final Recent<Page, Changed> changes = new Recent<>(KEPT_HISTORY);
  private final Recent<Long, StaleUse.Free> frees = new Recent<>(KEPT_HISTORY);
  private final Map<Transfer, Dma> dmas = new LinkedHashMap<>();
  private final Map<Long, List<Dma>> dmasByFrame = new LinkedHashMap<>();
  private final Map<Key, Case> cases = new LinkedHashMap<>();
  private final List<Finding> frameBreaches = new ArrayList<>();
  private final Set<String> cpus = new TreeSet<>();
  private final Set<String> iommus = new TreeSet<>();
  private long unlisted;

  @Override
  public void seen(long atPs, String component, Fact fact) {
    if (fact instanceof MachineFact.Filled filled) {
      onFilled(atPs, component, filled);
    } else if (fact instanceof MachineFact.Dropped dropped) {
      holdings.drop(
          component, dropped.mm(), dropped.range(), held -> exposures.closed(held, atPs));
    } else if (fact instanceof MachineFact.Used used) {
      onUsed(atPs, component, used);
    } else if (fact instanceof MachineFact.Drained drained) {
      onDrained(new Transfer(component, drained.transfer()));
    } else if (fact instanceof MachineFact.PtesChanged changed) {
      onChanged(component, changed);
    } else if (fact instanceof MachineFact.FramesAllocated allocated) {
      onAllocated(atPs, component, allocated);
    } else if (fact instanceof MachineFact.FramesFreed gone) {
      onFreed(atPs, component, gone);
    } else if (fact instanceof MachineFact.ContextTaken) {
      cpus.add(component);
    } else {
      seenAround(atPs, component, fact);
    }
  }

  /** In the order in which they were established. */
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    cases.values().forEach(open -> findings.add(open.finding()));
    findings.addAll(frameBreaches);
    return List.copyOf(findings);
  }

  /** How many more there were. */
  public long unlisted() {
    return unlisted;
  }

  /** How much is remembered without a bound of its own: entries held and DMA under way. */
  int remembered() {
    return holdings.size() + dmas.size();
  }

  /** How long stale entries stayed cached. */
  public List<Exposure> exposures() {
    return exposures.by(this::kindOf, holdings);
  }

  /** What makes a witness, though no verdict rests on it. */
  private void seenAround(long atPs, String component, Fact fact) {
    if (fact instanceof MachineFact.OperationBegan began) {
      operations.began(component, began);
    } else if (fact instanceof MachineFact.OperationEnded) {
      operations.ended(component);
    } else if (fact instanceof MachineFact.FlushBegan began) {
      FlushesSeen.Flush flush = flushes.began(atPs, component, began);
      cases.values().forEach(open -> open.flushed(flush));
    } else if (fact instanceof MachineFact.FlushEnded ended) {
      flushes.ended(atPs, ended);
    } else if (fact instanceof MachineFact.InvalidationSent sent) {
      iommus.add(component);
      InvalidationsSeen.Invalidation invalidation = invalidations.sent(atPs, component, sent);
      cases.values().forEach(open -> open.invalidated(invalidation));
    } else if (fact instanceof MachineFact.InvalidationTaken taken) {
      invalidations.taken(atPs, component, taken);
    } else if (fact instanceof MachineFact.InvalidationDone done) {
      invalidations.done(atPs, component, done);
    }
  }

  private void onFilled(long atPs, String component, MachineFact.Filled filled) {
    Holding holding = new Holding(component, filled, atPs);
    Changed last = changes.get(new Page(filled.mm(), filled.page()));
    if (last != null) {
      holding.changed(last.change(), last.pfn());
    }
    holdings.add(holding, replaced -> exposures.closed(replaced, atPs));
    if (freed.contains(filled.pfn()) && kindOf(component) != ComponentKind.CPU) {
      open(StaleUse.Kind.FILLED_AFTER_FREE, subject(holding), freeOf(filled.pfn()), atPs);
    }
  }

  private void onUsed(long atPs, String component, MachineFact.Used used) {
    if (freed.contains(used.pfn())) {
      Holding holding = holdings.of(component, used.mm(), used.page());
      Case.Subject subject =
          holding != null && holding.fill.pfn() == used.pfn()
              ? subject(holding)
              : subject(component, used);
      open(StaleUse.Kind.USED_AFTER_FREE, subject, freeOf(used.pfn()), atPs)
          .ifPresent(stale -> stale.used(atPs));
    }
    if (used.transfer() >= 0) {
      Transfer transfer = new Transfer(component, used.transfer());
      onDrained(transfer);
      Dma dma = new Dma(transfer, used);
      dmas.put(transfer, dma);
      dmasByFrame.computeIfAbsent(used.pfn(), pfn -> new ArrayList<>(2)).add(dma);
    }
  }

  private void onDrained(Transfer transfer) {
    Dma dma = dmas.remove(transfer);
    if (dma != null) {
      List<Dma> others = dmasByFrame.get(dma.used().pfn());
      others.remove(dma);
      if (others.isEmpty()) {
        dmasByFrame.remove(dma.used().pfn());
      }
    }
  }

  private void onChanged(String component, MachineFact.PtesChanged changed) {
    if (changed.change() == MachineFact.Change.SET
        || changed.change() == MachineFact.Change.UPGRADED) {
      return;
    }
    for (int i = 0; i < changed.pages().size(); i++) {
      long page = changed.pages().get(i);
      long pfn = changed.pfns().get(i);
      StaleUse.Pte change =
          new StaleUse.Pte(
              component,
              operations.onlyCpuAt(changed.mm(), page, component),
              changed.change(),
              changed.firstAtPs() + i * changed.stepPs());
      changes.remember(new Page(changed.mm(), page), new Changed(change, pfn));
      for (Holding holding : holdings.ofPage(changed.mm(), page)) {
        holding.changed(change, pfn);
      }
    }
  }

  private void onAllocated(long atPs, String component, MachineFact.FramesAllocated allocated) {
    for (long pfn : allocated.pfns()) {
      if (freed.contains(pfn)) {
        breach(atPs, component, pfn, "handed out again, which this run's numbering excludes");
      }
    }
  }

  private void onFreed(long atPs, String component, MachineFact.FramesFreed gone) {
    StaleUse.Free free =
        new StaleUse.Free(
            component,
            operations.cpuOf(gone.operation(), component),
            gone.operation(),
            operations.kindOf(gone.operation()),
            atPs);
    for (long pfn : gone.pfns()) {
      if (!freed.add(pfn)) {
        breach(atPs, component, pfn, "freed twice");
        continue;
      }
      frees.remember(pfn, free);
      for (Holding holding : holdings.ofFrame(pfn)) {
        if (kindOf(holding.holder) != ComponentKind.CPU) {
          open(StaleUse.Kind.HELD_AT_FREE, subject(holding), free, atPs);
        }
      }
      for (Dma dma : dmasByFrame.getOrDefault(pfn, List.of())) {
        open(
            StaleUse.Kind.IN_FLIGHT_AT_FREE,
            subject(dma.transfer().holder(), dma.used()),
            free,
            atPs);
      }
    }
  }

  /** The case of that entry, a new one if there is none; empty if there are too many. */
  private Optional<Case> open(
      StaleUse.Kind kind, Case.Subject subject, StaleUse.Free free, long atPs) {
    StaleUse.Entry entry = subject.entry();
    Key key = new Key(entry.holder(), entry.mm(), entry.page(), entry.pfn());
    Case known = cases.get(key);
    if (known != null) {
      return Optional.of(known);
    }
    if (cases.size() == KEPT_FINDINGS) {
      unlisted++;
      return Optional.empty();
    }
    Audience audience =
        kindOf(entry.holder()) == ComponentKind.CPU ? Audience.CPU : Audience.SECONDARY;
    Case opened = new Case(kind, subject, free, audience, atPs);
    opened.search(flushes, invalidations);
    cases.put(key, opened);
    return Optional.of(opened);
  }

  private static Case.Subject subject(Holding holding) {
    return new Case.Subject(holding.entry(), holding.staleBy());
  }

  private Case.Subject subject(String holder, MachineFact.Used used) {
    Changed last = changes.get(new Page(used.mm(), used.page()));
    StaleUse.Pte change = last != null && last.pfn() == used.pfn() ? last.change() : null;
    return new Case.Subject(
        new StaleUse.Entry(
            holder, used.mm(), used.page(), used.pfn(), OptionalLong.empty(),
            OptionalLong.empty()),
        change);
  }

  /** How the frame went; of one freed long ago only that it did is known, told as at time 0. */
  private StaleUse.Free freeOf(long pfn) {
    StaleUse.Free free = frees.get(pfn);
    return free != null ? free : new StaleUse.Free("", "", -1, "", 0);
  }

  private void breach(long atPs, String component, long pfn, String what) {
    if (frameBreaches.size() < KEPT_FINDINGS) {
      frameBreaches.add(
          Finding.breach(atPs, component, String.format("frame 0x%x was %s", pfn, what)));
    } else {
      unlisted++;
    }
  }

  private ComponentKind kindOf(String component) {
    if (cpus.contains(component)) {
      return ComponentKind.CPU;
    }
    boolean named = component.startsWith("iommu") || component.startsWith("smmu");
    return named || iommus.contains(component) ? ComponentKind.IOMMU : ComponentKind.DEVICE;
  }
}
