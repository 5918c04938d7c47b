package dev.shootdown.check;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks at what subscribers keep of brackets (invariant I9): no count is ever below zero, and no
 * sequence goes back.
 *
 * <ol>
 *   <li>KVM: when the count goes down the sequence has gone up, or a fill that read both before and
 *       tests them afterwards finds nothing (kvm_mmu_invalidate_end).
 *   <li>Interval notifiers: the sequence is even when nothing is counted, or whoever waits for the
 *       end of a collision waits for ever; and it becomes even only then, or he is woken too early
 *       (mn_itree_inv_end).
 * </ol>
 */
public final class SequenceJudge implements Observer {
  private static final int KEPT_FINDINGS = 1000;

  private record Subscriber(Agent by, int mm) {}

  private record Kept(int counted, long sequence) {
    private static final Kept NOTHING = new Kept(0, 0);

    private boolean isOdd() {
      return sequence % 2 != 0;
    }
  }

  private final Docket docket;
  private final Map<Subscriber, Kept> brackets = new LinkedHashMap<>();
  private final Map<Subscriber, Kept> intervals = new LinkedHashMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private long unlisted;

  /** A judge with books of its own. */
  public SequenceJudge() {
    this(new Docket());
  }

  SequenceJudge(Docket docket) {
    this.docket = docket;
    docket.hear(MachineFact.BracketsCounted.class, this::onBrackets);
    docket.hear(MachineFact.IntervalsCounted.class, this::onIntervals);
  }

  @Override
  public void seen(long atPs, String component, Fact fact) {
    docket.seen(atPs, component, fact);
  }

  /** In the order in which they were established. */
  public List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** How many more there were. */
  public long unlisted() {
    return unlisted;
  }

  private void onBrackets(long atPs, Agent by, MachineFact.BracketsCounted fact) {
    Kept now = new Kept(fact.counted(), fact.sequence());
    Kept before = brackets.put(new Subscriber(by, fact.mm()), now);
    before = before == null ? Kept.NOTHING : before;
    both(atPs, by, fact.mm(), before, now);
    if (now.counted() < before.counted() && now.sequence() <= before.sequence()) {
      breach(atPs, by, fact.mm(), "counts an invalidation as over before its sequence went up");
    }
  }

  private void onIntervals(long atPs, Agent by, MachineFact.IntervalsCounted fact) {
    Kept now = new Kept(fact.counted(), fact.sequence());
    Kept before = intervals.put(new Subscriber(by, fact.mm()), now);
    before = before == null ? Kept.NOTHING : before;
    both(atPs, by, fact.mm(), before, now);
    if (now.counted() == 0 && now.isOdd()) {
      breach(atPs, by, fact.mm(), "has an odd sequence while nothing is invalidated");
    } else if (now.counted() > 0 && before.isOdd() && !now.isOdd()) {
      breach(atPs, by, fact.mm(),
          "has an even sequence again before the last invalidation has ended");
    }
  }

  private void both(long atPs, Agent by, int mm, Kept before, Kept now) {
    if (now.counted() < 0) {
      breach(atPs, by, mm, "counts " + now.counted() + " invalidations as under way");
    }
    if (now.sequence() < before.sequence()) {
      breach(atPs, by, mm, "let its sequence go back");
    }
  }

  private void breach(long atPs, Agent by, int mm, String what) {
    if (findings.size() == KEPT_FINDINGS) {
      unlisted++;
    } else {
      findings.add(Finding.breach(atPs, by.name, by.name + " " + what + ", in mm " + mm));
    }
  }
}
