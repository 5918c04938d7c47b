package dev.shootdown.check;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Breaches of protocol: those that a part states itself, a lock given back that was not held, and a
 * lock still held when its operation ends. A lock may be taken more than once by an operation, as
 * often as it is given back.
 */
public final class ProtocolJudge implements Observer {
  private static final int KEPT_FINDINGS = 1000;

  private final List<Finding> findings = new ArrayList<>();
  private final Map<Long, TreeMap<String, Integer>> held = new LinkedHashMap<>();
  private long unlisted;

  @Override
  public void seen(long atPs, String component, Fact fact) {
    if (fact instanceof MachineFact.ProtocolBreach breach) {
      add(atPs, component, breach.rule());
    } else if (fact instanceof MachineFact.LockTaken taken) {
      held.computeIfAbsent(taken.operation(), operation -> new TreeMap<>())
          .merge(taken.lock(), 1, Integer::sum);
    } else if (fact instanceof MachineFact.LockDropped dropped) {
      onDropped(atPs, component, dropped);
    } else if (fact instanceof MachineFact.OperationEnded ended) {
      TreeMap<String, Integer> left = held.remove(ended.operation());
      if (left != null) {
        left.forEach(
            (lock, times) ->
                add(atPs, component,
                    "operation " + ended.operation() + " ended with lock " + lock + " held"));
      }
    }
  }

  /** In the order in which they were established. */
  public List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** How many more there were. */
  public long unlisted() {
    return unlisted;
  }

  private void onDropped(long atPs, String component, MachineFact.LockDropped dropped) {
    TreeMap<String, Integer> locks = held.get(dropped.operation());
    if (locks == null || !locks.containsKey(dropped.lock())) {
      add(atPs, component,
          "operation " + dropped.operation() + " gave back lock " + dropped.lock()
              + ", which it did not hold");
      return;
    }
    locks.computeIfPresent(dropped.lock(), (lock, times) -> times == 1 ? null : times - 1);
    if (locks.isEmpty()) {
      held.remove(dropped.operation());
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
