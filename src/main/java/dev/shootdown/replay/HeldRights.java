package dev.shootdown.replay;

import dev.shootdown.address.PageRange;
import dev.shootdown.check.Court;
import dev.shootdown.check.Finding;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Asks the judges of simulated runs about one recorded call that took rights away.
 *
 * <p>A trace shows no fill and no use. What it shows is told as facts: the entries that were there,
 * their change, and who flushed. What it does not show is told as what hardware may do at any time:
 * whoever ran the address space throughout has cached those entries, and uses them once more after
 * the return. A judge that finds fault with such a use says that a right was left behind; what is
 * found is that somebody <em>could</em> use it, not that he did.
 */
final class HeldRights {
  /** More pages of one call tell nothing new. */
  private static final int PAGES_MAX = 64;
  private static final long OPERATION = 1;

  private final Court court = new Court();
  private long nowPs;

  private HeldRights() {}

  /**
   * One call.
   *
   * @param space number of the address space or domain
   * @param pages that were there, ascending; at least one
   * @param writeOnly whether only the right to write was taken
   * @param by who called
   * @param holders who may have cached the entries
   * @param flushed who was made to forget them before the return
   */
  record Case(int space, Collection<Long> pages, boolean writeOnly, String by,
      Collection<String> holders, Collection<String> flushed) {}

  /** Those who can still use a right after the return, by the judges' verdict. */
  static List<String> left(Case call) {
    return new HeldRights().judged(call);
  }

  private List<String> judged(Case call) {
    List<Long> pages = call.pages().stream().limit(PAGES_MAX).toList();
    List<Long> pfns = new ArrayList<>();
    for (int i = 0; i < pages.size(); i++) {
      pfns.add((long) i + 1);
    }
    String table = "table" + call.space();
    next(table, new MachineFact.PtesChanged(
        call.space(), MachineFact.Change.SET, pages, pfns, nowPs + 1, 0));
    for (String holder : call.holders()) {
      for (int i = 0; i < pages.size(); i++) {
        next(holder, new MachineFact.Filled(
            call.space(), pages.get(i), pfns.get(i), true, nowPs + 1));
      }
    }
    MachineFact.Change change = call.writeOnly()
        ? MachineFact.Change.PROTECTED : MachineFact.Change.CLEARED;
    next(table, new MachineFact.PtesChanged(call.space(), change, pages, pfns, nowPs + 1, 0));
    for (String holder : call.flushed()) {
      next(holder, new MachineFact.Dropped(
          call.space(), PageRange.ALL, MachineFact.Cause.INVALIDATED));
    }
    PageRange hull =
        PageRange.of(pages.get(0)).hull(PageRange.of(pages.get(pages.size() - 1)));
    next(call.by(), new MachineFact.RightsRevoked(
        OPERATION, call.space(), hull, call.writeOnly()));
    for (String holder : call.holders()) {
      if (!call.flushed().contains(holder)) {
        next(holder, new MachineFact.Used(
            call.space(), pages.get(0), pfns.get(0), call.writeOnly(), -1));
      }
    }
    TreeSet<String> left = new TreeSet<>();
    for (Finding finding : court.judgement().findings()) {
      if (finding.verdict().isSafetyViolation()) {
        left.add(finding.component());
      }
    }
    return List.copyOf(left);
  }

  private void next(String component, MachineFact fact) {
    nowPs++;
    court.seen(nowPs, component, fact);
  }
}
