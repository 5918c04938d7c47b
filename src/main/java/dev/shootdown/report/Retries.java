package dev.shootdown.report;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How often a fault was tried again before it ended, and how often a translation was thrown away
 * because of a racing invalidation before it could be cached.
 */
final class Retries implements Observer {
  /** Where and of what: {@code fault} or {@code fill}. */
  record Subject(String component, String what) implements Comparable<Subject> {
    @Override
    public int compareTo(Subject other) {
      int byComponent = component.compareTo(other.component);
      return byComponent != 0 ? byComponent : what.compareTo(other.what);
    }
  }

  private record Attempt(String component, int mm, long number) {}

  private final Map<Attempt, Long> faults = new LinkedHashMap<>();
  private final Map<Attempt, Long> fills = new LinkedHashMap<>();
  private final SortedMap<Subject, SortedMap<Long, Long>> bySubject = new TreeMap<>();

  @Override
  public void seen(long atPs, String component, Fact fact) {
    if (fact instanceof MachineFact.FaultRaised raised) {
      faults.put(new Attempt(component, 0, raised.request()), 0L);
    } else if (fact instanceof MachineFact.FaultRetried retried) {
      faults.computeIfPresent(
          new Attempt(component, 0, retried.request()), (fault, times) -> times + 1);
    } else if (fact instanceof MachineFact.FaultResolved resolved) {
      Long times = faults.remove(new Attempt(component, 0, resolved.request()));
      if (times != null) {
        count(component, "fault", times);
      }
    } else if (fact instanceof MachineFact.FillDiscarded discarded) {
      fills.merge(new Attempt(component, discarded.mm(), discarded.page()), 1L, Long::sum);
    } else if (fact instanceof MachineFact.Filled filled) {
      Long times = fills.remove(new Attempt(component, filled.mm(), filled.page()));
      count(component, "fill", times == null ? 0 : times);
    }
  }

  private void count(String component, String what, long times) {
    bySubject
        .computeIfAbsent(new Subject(component, what), subject -> new TreeMap<>())
        .merge(times, 1L, Long::sum);
  }

  /** How many ended after each number of retries. */
  SortedMap<Subject, SortedMap<Long, Long>> bySubject() {
    return Collections.unmodifiableSortedMap(bySubject);
  }
}
