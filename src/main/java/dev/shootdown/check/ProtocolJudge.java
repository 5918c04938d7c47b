package dev.shootdown.check;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Breaches of protocol: those that a part states itself, a lock given back that was not held, and a
 * lock that its operation never gave back. Giving back is a posted write that may arrive after the
 * operation has ended, so what is still held is judged at the end of the run. A lock may be taken
 * more than once by an operation, as often as it is given back.
 */
public final class ProtocolJudge implements Observer {
  private static final int KEPT_FINDINGS = 1000;

  private final Docket docket;
  private final List<Finding> findings = new ArrayList<>();
  private final PlaceMap<Few<int[]>> held = new PlaceMap<>();
  private final Map<Long, Ended> ended = new LinkedHashMap<>();
  private long unlisted;

  /** When an operation ended, and where. */
  private record Ended(long atPs, String component) {}

  /** A judge with books of its own. */
  public ProtocolJudge() {
    this(new Docket());
  }

  ProtocolJudge(Docket docket) {
    this.docket = docket;
    docket.hear(
        MachineFact.ProtocolBreach.class, (atPs, by, fact) -> add(atPs, by.name, fact.rule()));
    docket.hear(MachineFact.LockTaken.class, (atPs, by, fact) -> onTaken(fact));
    docket.hear(
        MachineFact.LockDropped.class, (atPs, by, fact) -> onDropped(atPs, by.name, fact));
    docket.hear(
        MachineFact.OperationEnded.class,
        (atPs, by, fact) -> {
          if (held.get(fact.operation()) != null) {
            ended.put(fact.operation(), new Ended(atPs, by.name));
          }
        });
  }

  @Override
  public void seen(long atPs, String component, Fact fact) {
    docket.seen(atPs, component, fact);
  }

  /** In the order in which they were established. */
  public List<Finding> findings() {
    List<Finding> all = new ArrayList<>(findings);
    ended.forEach(
        (operation, end) -> {
          TreeSet<String> locks = new TreeSet<>();
          held.get(operation).forEach((lock, times) -> locks.add(lock));
          for (String lock : locks) {
            all.add(
                Finding.breach(
                    end.atPs(), end.component(),
                    "operation " + operation + " ended with lock " + lock + " held"));
          }
        });
    return List.copyOf(all);
  }

  /** How many more there were. */
  public long unlisted() {
    return unlisted;
  }

  private void onTaken(MachineFact.LockTaken taken) {
    Few<int[]> locks = held.get(taken.operation());
    if (locks == null) {
      locks = new Few<>();
      held.put(taken.operation(), locks);
    }
    int[] times = locks.get(taken.lock());
    if (times == null) {
      times = new int[1];
      locks.add(taken.lock(), times);
    }
    times[0]++;
  }

  private void onDropped(long atPs, String component, MachineFact.LockDropped dropped) {
    Few<int[]> locks = held.get(dropped.operation());
    int[] times = locks == null ? null : locks.get(dropped.lock());
    if (times == null) {
      add(atPs, component,
          "operation " + dropped.operation() + " gave back lock " + dropped.lock()
              + ", which it did not hold");
      return;
    }
    if (--times[0] == 0) {
      locks.remove(dropped.lock());
    }
    if (locks.isEmpty()) {
      held.remove(dropped.operation());
      ended.remove(dropped.operation());
    }
  }

  private void add(long atPs, String component, String summary) {
    if (findings.size() < KEPT_FINDINGS) {
      findings.add(Finding.breach(atPs, component, summary));
    } else {
      unlisted++;
    }
  }
}
