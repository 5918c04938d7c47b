package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Change;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds writes that nobody will remember (invariant I5).
 *
 * <ol>
 *   <li>When dirty bits are harvested, a frame's writes up to then are remembered with the frame:
 *       it is dirty by itself. The entries of that address space tell of no write any more, until
 *       {@code PteDirtied}, or until an entry for the frame gains the right to write or is stored
 *       anew: the fault behind it marks the page dirty.
 *   <li>A frame is clean from {@code FramesCleaned} to the next harvest: its write-back has
 *       started, or it may be discarded, or the next write must fault.
 *   <li>A write to a clean frame, through an address space whose entries tell of no write since the
 *       harvest, is lost. So is a DMA that writes while the frame is declared clean.
 *   <li>A write to a clean frame that a walker records for a page, but whose dirty bit is then kept
 *       with another frame, is lost as well.
 * </ol>
 *
 * <p>A harvest is stated at the end of its run of page-table steps. What a walker records while the
 * page table's lock is held may have come behind the step for its page, so it counts.
 */
public final class LostDirtyJudge extends CaseJudge {
  private static final int KEPT_RECORDS = 1 << 14;

  private record Written(int mm, long pfn) {}

  private record Page(int mm, long page) {}

  /** A write to a clean frame, and by whom. */
  private record Write(Agent by, Case.Subject subject, StaleUse.Free deed) {}

  private final Map<Long, Set<Integer>> harvested = new LinkedHashMap<>();
  private final Map<Long, StaleUse.Free> clean = new LinkedHashMap<>();
  private final Recent<Written, Long> recordedPs = new Recent<>(KEPT_RECORDS);
  private final Recent<Page, Long> recordedFor = new Recent<>(KEPT_RECORDS);
  private final Recent<Written, Write> writes = new Recent<>(KEPT_RECORDS);

  /** A judge with books of its own. */
  public LostDirtyJudge() {
    this(new Docket());
  }

  LostDirtyJudge(Docket docket) {
    super(docket);
    docket.hear(
        MachineFact.PteDirtied.class,
        (atPs, by, fact) -> {
          recordedPs.remember(new Written(fact.mm(), fact.pfn()), atPs);
          recordedFor.remember(new Page(fact.mm(), fact.page()), fact.pfn());
          record(fact.mm(), fact.pfn());
        });
    docket.hear(
        MachineFact.DirtyHarvested.class,
        (atPs, by, fact) -> {
          long sincePs = books().locks().heldSincePs(by.name);
          for (int i = 0; i < fact.pfns().size(); i++) {
            keep(atPs, new Page(fact.mm(), fact.pages().get(i)), fact.pfns().get(i));
          }
          fact.pfns().forEach(pfn -> harvest(fact.mm(), pfn, sincePs));
        });
    docket.hear(MachineFact.FramesCleaned.class, this::onCleaned);
    docket.hear(MachineFact.Used.class, this::onUsed);
    docket.hear(
        MachineFact.FramesFreed.class,
        (atPs, by, fact) -> {
          if (!harvested.isEmpty() || !clean.isEmpty()) {
            fact.pfns().forEach(harvested::remove);
            fact.pfns().forEach(clean::remove);
          }
        });
    books().changes().listen(this::onChange);
  }

  private void record(int mm, long pfn) {
    Set<Integer> spaces = harvested.get(pfn);
    if (spaces != null && spaces.remove(mm) && spaces.isEmpty()) {
      harvested.remove(pfn);
    }
  }

  /** The dirty bit of {@code page} is kept with {@code pfn}, whichever frame it was about. */
  private void keep(long atPs, Page page, long pfn) {
    Long about = recordedFor.remove(page);
    if (about == null || about == pfn) {
      return;
    }
    Write write = writes.remove(new Written(page.mm(), about));
    if (write != null && clean.get(about) == write.deed()) {
      cases()
          .open(
              StaleUse.Kind.KEPT_WITH_ANOTHER, write.by(), write.subject(), write.deed(), atPs);
    }
  }

  private void harvest(int mm, long pfn, long sincePs) {
    clean.remove(pfn);
    Long recorded = recordedPs.get(new Written(mm, pfn));
    if (recorded == null || recorded <= sincePs) {
      harvested.computeIfAbsent(pfn, absent -> new TreeSet<>()).add(mm);
    }
  }

  private boolean isForgotten(int mm, long pfn) {
    Set<Integer> spaces = harvested.get(pfn);
    return spaces != null && spaces.contains(mm);
  }

  private void onCleaned(long atPs, Agent by, MachineFact.FramesCleaned cleaned) {
    StaleUse.Free deed = books().deed(atPs, by, cleaned.operation());
    for (long pfn : cleaned.pfns()) {
      clean.put(pfn, deed);
      for (Dmas.Dma dma : books().dmas().writing(pfn)) {
        if (isForgotten(dma.used().mm(), pfn)) {
          cases()
              .open(
                  StaleUse.Kind.IN_FLIGHT_AT_CLEAN, dma.holder(), books().subject(dma), deed,
                  atPs);
        }
      }
    }
  }

  private void onUsed(long atPs, Agent by, MachineFact.Used used) {
    if (!used.write() || clean.isEmpty()) {
      return;
    }
    StaleUse.Free deed = clean.get(used.pfn());
    if (deed != null) {
      writes.remember(
          new Written(used.mm(), used.pfn()), new Write(by, books().subject(by, used), deed));
    }
    if (deed != null && isForgotten(used.mm(), used.pfn())) {
      cases()
          .openUsed(
              StaleUse.Kind.WRITTEN_SINCE_CLEAN, by, books().subject(by, used), deed, atPs);
    }
  }

  private void onChange(StaleUse.Pte change, int mm, long page, long pfn) {
    boolean gained =
        change.change() == Change.SET || change.change() == Change.UPGRADED
            || change.change() == Change.REPOINTED;
    if (gained && !harvested.isEmpty()) {
      record(mm, pfn);
    }
    if (change.change() != Change.CLEARED && change.change() != Change.PROTECTED) {
      // what a harvest says of this page from now on is about the frame that it got
      recordedFor.remove(new Page(mm, page));
    }
  }
}
