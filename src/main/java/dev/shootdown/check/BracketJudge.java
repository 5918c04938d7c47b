package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts mmu_notifier brackets (invariant I9): by address space, operation and range, each start
 * has its end and none comes first. What is still open is judged at the end of the run, and only if
 * its operation has ended: the end of a bracket may be a posted message.
 */
public final class BracketJudge implements Observer {
  private static final int KEPT_FINDINGS = 1000;

  private record Bracket(int mm, PageRange range) {}

  private record Ended(long atPs, String component) {}

  private final Docket docket;
  private final Map<Long, Map<Bracket, Integer>> open = new LinkedHashMap<>();
  private final Map<Long, Ended> ended = new LinkedHashMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private long unlisted;

  /** A judge with books of its own. */
  public BracketJudge() {
    this(new Docket());
  }

  BracketJudge(Docket docket) {
    this.docket = docket;
    docket.hear(
        MachineFact.BracketOpened.class,
        (atPs, by, fact) ->
            open.computeIfAbsent(fact.operation(), absent -> new LinkedHashMap<>())
                .merge(new Bracket(fact.mm(), fact.range()), 1, Integer::sum));
    docket.hear(MachineFact.BracketClosed.class, this::onClosed);
    docket.hear(
        MachineFact.OperationEnded.class,
        (atPs, by, fact) -> {
          if (open.containsKey(fact.operation())) {
            ended.put(fact.operation(), new Ended(atPs, by.name));
          }
        });
  }

  @Override
  public void seen(long atPs, String component, Fact fact) {
    docket.seen(atPs, component, fact);
  }

  /** In the order in which they were established, those that are left open last. */
  public List<Finding> findings() {
    List<Finding> all = new ArrayList<>(findings);
    ended.forEach(
        (operation, end) ->
            open.get(operation)
                .keySet()
                .forEach(
                    left ->
                        all.add(
                            Finding.breach(
                                end.atPs(), end.component(),
                                "operation " + operation + " ended inside a notifier bracket of "
                                    + left.range() + " in mm " + left.mm()))));
    return List.copyOf(all);
  }

  /** How many more there were. */
  public long unlisted() {
    return unlisted;
  }

  private void onClosed(long atPs, Agent by, MachineFact.BracketClosed closed) {
    Map<Bracket, Integer> own = open.get(closed.operation());
    Bracket bracket = new Bracket(closed.mm(), closed.range());
    if (own == null || !own.containsKey(bracket)) {
      if (findings.size() < KEPT_FINDINGS) {
        findings.add(
            Finding.breach(
                atPs, by.name,
                "operation " + closed.operation() + " closed a notifier bracket of "
                    + closed.range() + " in mm " + closed.mm() + " that it had not opened"));
      } else {
        unlisted++;
      }
      return;
    }
    own.computeIfPresent(bracket, (key, times) -> times == 1 ? null : times - 1);
    if (own.isEmpty()) {
      open.remove(closed.operation());
      ended.remove(closed.operation());
    }
  }
}
