package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A translation that a component holds, of 4 KiB or 2 MiB, and since when it has been stale. */
final class Holding {
  /** 4 KiB pages in a 2 MiB entry. */
  static final int HUGE_PAGES = 512;

  final Agent holder;
  final MachineFact.Filled fill;
  final long filledAtPs;
  private final long pages;
  private final MachineFact.StagesJoined join;
  private StaleUse.Pte staleBy;
  private long staleSincePs;
  private long firstMissedPs;
  private Map<Long, StaleUse.Pte> staleParts;
  private Map<Long, Long> partsMissedPs;
  private StaleUse.Pte guestChange;
  private StaleUse.Pte hostChange;
  private long hostMissedPs = -1;

  Holding(Agent holder, MachineFact.Filled fill, long filledAtPs) {
    this(holder, fill, filledAtPs, null);
  }

  /** Made of two tables as {@code join} says; of one if that is null. */
  Holding(
      Agent holder, MachineFact.Filled fill, long filledAtPs, MachineFact.StagesJoined join) {
    this.join = join;
    this.holder = holder;
    this.fill = fill;
    this.filledAtPs = filledAtPs;
    this.pages = 1L << fill.order();
  }

  /** What it is made of, null if it is of one table. */
  MachineFact.StagesJoined join() {
    return join;
  }

  boolean isHuge() {
    return fill.order() > 0;
  }

  long firstPage() {
    return fill.page();
  }

  /** How many 4 KiB pages it covers. */
  long pages() {
    return pages;
  }

  boolean covers(long page) {
    return page >= fill.page() && page - fill.page() < pages;
  }

  /** Whether it leads to that frame for some page. */
  boolean leadsTo(long pfn) {
    return pfn >= fill.pfn() && pfn - fill.pfn() < pages;
  }

  /** The frame that it gives for a page that it covers. */
  long pfnOf(long page) {
    return fill.pfn() + (page - fill.page());
  }

  /** The page for which it gives a frame that it leads to. */
  long pageOf(long pfn) {
    return join != null ? fill.page() : fill.page() + (pfn - fill.pfn());
  }

  /** The latest change of any of its pages that it missed, or null if it is not stale. */
  StaleUse.Pte staleBy() {
    return staleBy;
  }

  /** The latest change of that page that it missed, or null if it is not stale there. */
  StaleUse.Pte staleBy(long page) {
    if (!isHuge()) {
      return staleBy;
    }
    return staleParts == null ? null : staleParts.get(page);
  }

  /** As {@link #changed}, of the host's table behind the one that its page belongs to. */
  void changedBehind(StaleUse.Pte change, long pfn) {
    if (pfn == fill.pfn() && join.readAtPs() <= change.atPs() && grantsMore(change)) {
      hostMissedPs = hostChange == null ? change.atPs() : hostMissedPs;
      hostChange = change;
      stale(change);
    }
  }

  /** When the first change of the host's table that it missed happened, in ps; −1 if none did. */
  long hostMissedPs() {
    return hostMissedPs;
  }

  /** Makes it stale if {@code change} took away something that it still grants for the page. */
  void changed(StaleUse.Pte change, long page, long pfn) {
    boolean concerned =
        join != null
            ? pfn == join.guestPfn() && join.guestReadAtPs() <= change.atPs()
            : pfn == pfnOf(page) && fill.readAtPs() <= change.atPs();
    if (concerned && grantsMore(change)) {
      guestChange = change;
      stale(change);
      if (isHuge()) {
        staleParts = staleParts == null ? new LinkedHashMap<>() : staleParts;
        partsMissedPs = partsMissedPs == null ? new LinkedHashMap<>() : partsMissedPs;
        staleParts.put(page, change);
        partsMissedPs.putIfAbsent(page, change.atPs());
      }
    }
  }

  private boolean grantsMore(StaleUse.Pte change) {
    return change.change() != MachineFact.Change.PROTECTED || fill.writable();
  }

  private void stale(StaleUse.Pte change) {
    staleSincePs = staleBy == null ? Math.max(change.atPs(), filledAtPs) : staleSincePs;
    firstMissedPs = staleBy == null ? change.atPs() : firstMissedPs;
    staleBy = change;
  }

  /** From when it has been held though stale, in ps: counted from the first change it missed. */
  long staleSincePs() {
    return staleSincePs;
  }

  /** When the first change of that page that it missed happened, in ps; it is stale there. */
  long firstMissedPs(long page) {
    return isHuge() ? partsMissedPs.get(page) : firstMissedPs;
  }

  /** What it says of one of its pages. */
  StaleUse.Entry entry(long page) {
    return new StaleUse.Entry(
        holder.name, fill.mm(), page, pfnOf(page), OptionalLong.of(filledAtPs),
        OptionalLong.of(fill.readAtPs()));
  }

  /** As {@link #subject}, by the table of the two that leads to frame {@code pfn}. */
  Case.Subject subject(long page, long pfn) {
    if (join == null) {
      return subject(page);
    }
    boolean isGuests = pfn == join.guestPfn();
    return new Case.Subject(
        new StaleUse.Entry(
            holder.name, fill.mm(), fill.page(), pfn, OptionalLong.of(filledAtPs),
            OptionalLong.of(isGuests ? join.guestReadAtPs() : join.readAtPs())),
        isGuests ? guestChange : hostChange,
        Optional.of(
            isGuests
                ? new StaleUse.Place(1, fill.mm(), fill.page())
                : new StaleUse.Place(2, join.hostMm(), join.hostPage())));
  }

  /** The page, the frame and what made it stale, to hold against its holder. */
  Case.Subject subject(long page) {
    return new Case.Subject(entry(page), staleBy(page));
  }
}
