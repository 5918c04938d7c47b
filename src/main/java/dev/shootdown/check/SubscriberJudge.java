package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds subscribers of mmu_notifier brackets that fill by software (KVM, HMM mirrors) to their
 * contract (invariant I8): when the start callback has returned, the subscriber holds nothing in
 * the range, and it caches nothing there until it is told the end.
 *
 * <p>Brackets of one subscriber may overlap; each needs its own end. Entries of a subscriber's
 * vCPUs are theirs: they are judged by use, like a CPU's.
 */
public final class SubscriberJudge extends CaseJudge {
  private static final int KEPT_FINDINGS = 1000;

  private record Bracket(int mm, PageRange range, StaleUse.Free deed) {}

  private final Map<Agent, List<Bracket>> open = new LinkedHashMap<>();
  private final List<Finding> unbalanced = new ArrayList<>();

  /** A judge with books of its own. */
  public SubscriberJudge() {
    this(new Docket());
  }

  SubscriberJudge(Docket docket) {
    super(docket);
    docket.hear(MachineFact.SubscriberStarted.class, this::onStarted);
    docket.hear(MachineFact.SubscriberEnded.class, this::onEnded);
    docket.hear(MachineFact.Filled.class, this::onFilled);
  }

  /** Ends without a start, the first thousand of them. */
  List<Finding> unbalanced() {
    return unbalanced;
  }

  private void onStarted(long atPs, Agent by, MachineFact.SubscriberStarted started) {
    StaleUse.Free deed = books().deed(atPs, by, -1);
    open.computeIfAbsent(by, absent -> new ArrayList<>())
        .add(new Bracket(started.mm(), started.range(), deed));
    for (Holding holding : books().holdings().in(by, started.mm(), started.range())) {
      long page = Math.max(holding.firstPage(), started.range().firstPage());
      cases().open(StaleUse.Kind.HELD_AFTER_START, by, holding.subject(page), deed, atPs);
    }
  }

  private void onEnded(long atPs, Agent by, MachineFact.SubscriberEnded ended) {
    List<Bracket> own = open.getOrDefault(by, List.of());
    for (int i = 0; i < own.size(); i++) {
      if (own.get(i).mm() == ended.mm() && own.get(i).range().equals(ended.range())) {
        own.remove(i);
        return;
      }
    }
    if (unbalanced.size() == KEPT_FINDINGS) {
      return;
    }
    unbalanced.add(
        Finding.breach(
            atPs, by.name,
            "was told the end of an invalidation of " + ended.range() + " in mm " + ended.mm()
                + " that never started there"));
  }

  private void onFilled(long atPs, Agent by, MachineFact.Filled filled) {
    List<Bracket> own = open.get(by);
    if (own == null || own.isEmpty()) {
      return;
    }
    PageRange pages = new PageRange(filled.page(), 1L << filled.order());
    for (Bracket bracket : own) {
      if (bracket.mm() == filled.mm() && bracket.range().overlaps(pages)) {
        long page = Math.max(filled.page(), bracket.range().firstPage());
        cases()
            .open(
                StaleUse.Kind.FILLED_IN_BRACKET, by, by.holding(filled).subject(page),
                bracket.deed(), atPs);
        return;
      }
    }
  }
}
