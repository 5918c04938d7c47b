package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Change;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds old frames that stay in use after their page has got another one (invariant I3).
 *
 * <ol>
 *   <li>Before an entry that leads elsewhere is stored, no device and no IOMMU may hold the old
 *       translation of that page. Two threads whose pages are replaced could else see the later
 *       write without the earlier one (rule B of Linux 0f10851ea475).
 *   <li>From then on nobody may use the old frame through that page, nor may a device cache it.
 *   <li>A clear followed by a set is no such change: after a zap, another thread's fault may map a
 *       new page while a CPU still reads the old one.
 *   <li>Nor is a merge of equal pages: whoever reads the old frame reads the same. It is legal
 *       until that is freed.
 * </ol>
 */
public final class RepointJudge extends CaseJudge {
  private final Set<Long> merged = new TreeSet<>();

  /** A judge with books of its own. */
  public RepointJudge() {
    this(new Docket());
  }

  RepointJudge(Docket docket) {
    super(docket);
    books().changes().listen(this::onChange);
    docket.hear(MachineFact.Filled.class, this::onFilled);
    docket.hear(MachineFact.Used.class, this::onUsed);
    docket.hear(
        MachineFact.FramesShared.class,
        (atPs, by, fact) -> {
          if (fact.why() == MachineFact.Share.KSM) {
            merged.addAll(fact.pfns());
          }
        });
    docket.hear(
        MachineFact.FramesExclusive.class,
        (atPs, by, fact) -> fact.pfns().forEach(merged::remove));
    docket.hear(
        MachineFact.FramesFreed.class,
        (atPs, by, fact) -> {
          if (!merged.isEmpty()) {
            fact.pfns().forEach(merged::remove);
          }
        });
  }

  private void onChange(StaleUse.Pte change, int mm, long page, long pfn) {
    if (change.change() != Change.REPOINTED || merged.contains(pfn)) {
      return;
    }
    for (Holding holding : books().holdings().ofPage(mm, page)) {
      if (!holding.holder.isCpu() && isOld(holding, page, pfn, change)) {
        cases()
            .open(
                StaleUse.Kind.HELD_AT_REPOINT, holding.holder, holding.subject(page),
                deed(change), change.atPs());
      }
    }
    for (Holding way : books().heldBehind(mm, page)) {
      if (isOldBehind(way.join(), pfn, change)) {
        cases()
            .open(
                StaleUse.Kind.HELD_AT_REPOINT, way.holder,
                way.subject(way.firstPage(), way.fill.pfn()), deed(change), change.atPs());
      }
    }
  }

  private void onFilled(long atPs, Agent by, MachineFact.Filled filled) {
    if (by.isCpu() || filled.order() > 0) {
      return;
    }
    Shadow.Page known = books().shadow().page(filled.mm(), filled.page());
    if (known == null || known.repointed() == null || merged.contains(known.pfn())) {
      return;
    }
    Holding holding = by.holding(filled);
    boolean current = known.taken() == known.repointed();
    if (current && isOld(holding, filled.page(), known.pfn(), known.repointed())) {
      cases()
          .open(
              StaleUse.Kind.HELD_AT_REPOINT, by, holding.subject(filled.page()),
              deed(known.repointed()), atPs);
    }
  }

  private void onUsed(long atPs, Agent by, MachineFact.Used used) {
    if (books().isThroughFresh(used)) {
      return;
    }
    if (books().through() != null && books().through().join() != null) {
      onUsed(atPs, by, books().through());
      return;
    }
    Shadow.Page known = books().shadow().page(used.mm(), used.page());
    if (known == null || known.repointed() == null || known.taken() != known.repointed()
        || known.pfn() == used.pfn() || merged.contains(known.pfn())) {
      return;
    }
    Holding holding = books().through();
    if (holding == null || isOld(holding, used.page(), known.pfn(), known.repointed())) {
      cases()
          .openUsed(
              StaleUse.Kind.USED_AFTER_REPOINT, by, books().subject(by, used),
              deed(known.repointed()), atPs);
    }
  }

  /** Through an entry of two tables: what counts is the host's page. */
  private void onUsed(long atPs, Agent by, Holding way) {
    MachineFact.StagesJoined join = way.join();
    Shadow.Page known = books().shadow().page(join.hostMm(), join.hostPage());
    if (known != null && known.repointed() != null && known.taken() == known.repointed()
        && !merged.contains(known.pfn())
        && isOldBehind(join, known.pfn(), known.repointed())) {
      cases()
          .openUsed(
              StaleUse.Kind.USED_AFTER_REPOINT, by, way.subject(way.firstPage(), join.pfn()),
              deed(known.repointed()), atPs);
    }
  }

  private static boolean isOldBehind(
      MachineFact.StagesJoined join, long newPfn, StaleUse.Pte change) {
    return join.pfn() != newPfn && join.readAtPs() <= change.atPs();
  }

  private static boolean isOld(Holding holding, long page, long newPfn, StaleUse.Pte change) {
    return holding.pfnOf(page) != newPfn && holding.fill.readAtPs() <= change.atPs();
  }

  /** The change itself is what must not come before the flush. */
  private StaleUse.Free deed(StaleUse.Pte change) {
    long operation = books().operations().onlyOf(change.actor());
    return new StaleUse.Free(
        change.component(), change.actor(), operation, books().operations().kindOf(operation),
        change.atPs());
  }
}
