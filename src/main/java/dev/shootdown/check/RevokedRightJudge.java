package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Finds uses of a right after the system call that took it away has returned (invariant I7), by any
 * CPU, vCPU, device or subscriber of that address space, in all eras: what a notifier's end flushes
 * it flushes before the call returns.
 *
 * <ol>
 *   <li>A use counts if the entry behind it missed a change no later than the call that took the
 *       right away last looked at that page: under the page-table lock, where it changes the entry
 *       or sees that another has. A page that is mapped anew behind its back, before it returns, is
 *       none of its business.
 *   <li>It doesn't if the page table gives the same right to the same frame again.
 *   <li>It doesn't if the page was pinned for who uses it, and it leads to the frame that was
 *       pinned: that right outlives the mapping (FOLL_LONGTERM; Linux 6.12,
 *       Documentation/core-api/pin_user_pages.rst).
 *   <li>Of an entry that a guest's table and the host's make together the host's right counts.
 *   <li>Before the return it is legal, and so is an announced window of deferred flushing.
 * </ol>
 */
public final class RevokedRightJudge extends CaseJudge {
  private final Map<Integer, RevokedRights> all = new LinkedHashMap<>();
  private final Map<Integer, RevokedRights> writes = new LinkedHashMap<>();
  private final RevokedRightLooks looks = new RevokedRightLooks();
  private final Set<Pin> pins = new LinkedHashSet<>();

  /** A page that a device was given for good. */
  private record Pin(Agent device, int mm, long page, long pfn) {}

  /** A judge with books of its own. */
  public RevokedRightJudge() {
    this(new Docket());
  }

  RevokedRightJudge(Docket docket) {
    super(docket);
    docket.hear(MachineFact.RightsRevoked.class, this::onRevoked);
    docket.hear(MachineFact.Used.class, this::onUsed);
    docket.hear(MachineFact.PagesPinned.class, (atPs, by, fact) -> onPinned(by, fact));
    docket.hear(MachineFact.LockTaken.class, (atPs, by, fact) -> looks.taken(fact));
    docket.hear(MachineFact.LockDropped.class, (atPs, by, fact) -> looks.dropped(atPs, fact));
    docket.hear(
        MachineFact.PtesChanged.class,
        (atPs, by, fact) ->
            looks.changed(by.name, books().locks().soleHolder(atPs, by.name), fact));
    docket.hear(
        MachineFact.OperationEnded.class, (atPs, by, fact) -> looks.ended(fact.operation()));
  }

  private void onRevoked(long atPs, Agent by, MachineFact.RightsRevoked fact) {
    (fact.writeOnly() ? writes : all)
        .computeIfAbsent(fact.mm(), mm -> new RevokedRights())
        .revoke(
            fact.range(), books().deed(atPs, by, fact.operation()),
            looks.of(fact.operation(), fact.mm()));
  }

  private void onPinned(Agent by, MachineFact.PagesPinned fact) {
    for (int i = 0; i < fact.pages().size(); i++) {
      pins.add(new Pin(by, fact.mm(), fact.pages().get(i), fact.pfns().get(i)));
    }
  }

  private void onUsed(long atPs, Agent by, MachineFact.Used used) {
    if (all.isEmpty() && writes.isEmpty() || books().isThroughFresh(used)) {
      return;
    }
    Holding holding = books().through();
    if (holding != null && holding.join() != null) {
      onUsed(atPs, by, holding, used.write());
      return;
    }
    Shadow.Page known = books().shadow().page(used.mm(), used.page());
    if (known == null || known.pfn() == Shadow.UNKNOWN
        || known.grants(used.pfn(), used.write())) {
      return;
    }
    long missedPs = holding != null ? holding.firstMissedPs(used.page()) : takenPs(known, used);
    StaleUse.Free deed = revoked(used, missedPs);
    if (deed != null && !books().windows().allow(by, used.mm(), used.page())
        && !pins.contains(new Pin(by, used.mm(), used.page(), used.pfn()))) {
      cases()
          .openUsed(
              StaleUse.Kind.USED_AFTER_RETURN, by, books().subject(by, used), deed, atPs);
    }
  }

  /** Through an entry of two tables: what counts is the right that the host's page gave. */
  private void onUsed(long atPs, Agent by, Holding way, boolean write) {
    MachineFact.StagesJoined join = way.join();
    Shadow.Page known = books().shadow().page(join.hostMm(), join.hostPage());
    if (way.hostMissedPs() < 0 || known == null || known.pfn() == Shadow.UNKNOWN
        || known.grants(join.pfn(), write)) {
      return;
    }
    MachineFact.Used behind =
        new MachineFact.Used(join.hostMm(), join.hostPage(), join.pfn(), write, -1);
    StaleUse.Free deed = revoked(behind, way.hostMissedPs());
    if (deed != null && !books().windows().allow(by, join.hostMm(), join.hostPage())) {
      cases()
          .openUsed(
              StaleUse.Kind.USED_AFTER_RETURN, by, way.subject(way.firstPage(), join.pfn()), deed,
              atPs);
    }
  }

  private static long takenPs(Shadow.Page known, MachineFact.Used used) {
    return known.takenPfn() == used.pfn() ? known.taken().atPs() : Long.MAX_VALUE;
  }

  /** The call that took the used right away and looked after the change was missed, or null. */
  private StaleUse.Free revoked(MachineFact.Used used, long missedPs) {
    StaleUse.Free deed = revoked(all, used, missedPs);
    return deed == null && used.write() ? revoked(writes, used, missedPs) : deed;
  }

  private static StaleUse.Free revoked(
      Map<Integer, RevokedRights> rights, MachineFact.Used used, long missedPs) {
    RevokedRights own = rights.get(used.mm());
    return own == null ? null : own.of(used.page(), missedPs);
  }
}
