package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds writes that a copy misses (the first half of invariant I4): from the beginning of a copy
 * for a page on, nobody may write to the old frame through that page, neither before its entry is
 * changed nor after that.
 *
 * <p>What a copy misses is lost only when the page gets the copy: who looks under the page-table
 * lock and finds that somebody may write again (pte_same) gives the copy up. So writes before that
 * are held back until the page's entry leads to the copy. It is over when one of the two frames is
 * freed, or when the entry leads to the old frame again. Writes through other pages are other
 * people's: a page cache page that is copied for a private mapping goes on being written through
 * shared ones.
 *
 * <p>A comparison by KSM is such a copy (invariant I6): what is written after it is not in the
 * frame that takes the page's place.
 */
public final class CopyJudge extends CaseJudge {
  private record Page(int mm, long page) {}

  /** A write that is lost if the page gets the copy. */
  private record Missed(
      StaleUse.Kind kind, Agent holder, Case.Subject subject, long atPs, boolean used) {}

  private static final class Copy {
    private final Page page;
    private final MachineFact.CopyBegan fact;
    private final StaleUse.Free deed;
    private final List<Missed> missed = new ArrayList<>(0);
    private boolean taken;

    private Copy(Page page, MachineFact.CopyBegan fact, StaleUse.Free deed) {
      this.page = page;
      this.fact = fact;
      this.deed = deed;
    }
  }

  private final Map<Page, Copy> copies = new LinkedHashMap<>();
  private final Map<Long, List<Copy>> byFrame = new LinkedHashMap<>();
  private final Set<Long> merged = new TreeSet<>();

  /** A judge with books of its own. */
  public CopyJudge() {
    this(new Docket());
  }

  CopyJudge(Docket docket) {
    super(docket);
    docket.hear(MachineFact.CopyBegan.class, this::onBegan);
    docket.hear(MachineFact.Used.class, this::onUsed);
    docket.hear(
        MachineFact.FramesShared.class,
        (atPs, by, fact) -> {
          if (fact.why() == MachineFact.Share.KSM) {
            merged.addAll(fact.pfns());
          }
        });
    docket.hear(
        MachineFact.FramesFreed.class, (atPs, by, fact) -> fact.pfns().forEach(this::gone));
    docket.hear(
        MachineFact.FramesExclusive.class, (atPs, by, fact) -> fact.pfns().forEach(this::gone));
    books().changes().listen(this::onChange);
  }

  private void onBegan(long atPs, Agent by, MachineFact.CopyBegan began) {
    Page page = new Page(began.mm(), began.page());
    end(copies.get(page));
    Copy copy = new Copy(page, began, books().deed(atPs, by, began.operation()));
    copies.put(page, copy);
    byFrame.computeIfAbsent(began.oldPfn(), pfn -> new ArrayList<>(2)).add(copy);
    byFrame.computeIfAbsent(began.newPfn(), pfn -> new ArrayList<>(2)).add(copy);
    for (Dmas.Dma dma : books().dmas().writing(began.oldPfn())) {
      if (dma.used().mm() == began.mm() && dma.used().page() == began.page()) {
        miss(
            copy,
            new Missed(
                StaleUse.Kind.IN_FLIGHT_AT_COPY, dma.holder(), books().subject(dma), atPs,
                false));
      }
    }
  }

  private void onUsed(long atPs, Agent by, MachineFact.Used used) {
    if (!used.write() || copies.isEmpty()) {
      return;
    }
    Copy copy = copies.get(new Page(used.mm(), used.page()));
    if (copy != null && copy.fact.oldPfn() == used.pfn()) {
      StaleUse.Kind kind =
          merged.contains(copy.fact.newPfn())
              ? StaleUse.Kind.WRITTEN_SINCE_MERGE : StaleUse.Kind.WRITTEN_SINCE_COPY;
      miss(copy, new Missed(kind, by, books().subject(by, used), atPs, true));
    }
  }

  private void miss(Copy copy, Missed missed) {
    if (copy.taken) {
      tell(copy, missed);
    } else {
      copy.missed.add(missed);
    }
  }

  private void tell(Copy copy, Missed missed) {
    if (missed.used()) {
      cases()
          .openUsed(missed.kind(), missed.holder(), missed.subject(), copy.deed, missed.atPs());
    } else {
      cases().open(missed.kind(), missed.holder(), missed.subject(), copy.deed, missed.atPs());
    }
  }

  private void onChange(StaleUse.Pte change, int mm, long page, long pfn) {
    boolean stored =
        change.change() == Change.SET || change.change() == Change.UPGRADED
            || change.change() == Change.REPOINTED;
    if (stored && !copies.isEmpty()) {
      Copy copy = copies.get(new Page(mm, page));
      if (copy == null || change.atPs() <= copy.deed.atPs()) {
        return;
      }
      if (copy.fact.oldPfn() == pfn) {
        end(copy);
      } else if (copy.fact.newPfn() == pfn) {
        copy.taken = true;
        copy.missed.forEach(missed -> tell(copy, missed));
        copy.missed.clear();
      }
    }
  }

  private void gone(long pfn) {
    merged.remove(pfn);
    if (!byFrame.isEmpty()) {
      List.copyOf(byFrame.getOrDefault(pfn, List.of())).forEach(this::end);
    }
  }

  private void end(Copy copy) {
    if (copy != null) {
      copies.remove(copy.page);
      forget(copy, copy.fact.oldPfn());
      forget(copy, copy.fact.newPfn());
    }
  }

  private void forget(Copy copy, long pfn) {
    List<Copy> all = byFrame.get(pfn);
    if (all != null) {
      all.remove(copy);
      if (all.isEmpty()) {
        byFrame.remove(pfn);
      }
    }
  }
}
