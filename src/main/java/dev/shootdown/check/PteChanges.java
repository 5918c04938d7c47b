package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Runs of page-table steps, which are stated when they begin: each step is told when its time has
 * come, and not before.
 */
final class PteChanges {
  private static final long NEVER = Long.MAX_VALUE;

  /** Whoever wants to know that an entry changed. */
  interface Listener {
    /**
     * An entry changed.
     *
     * @param pfn the frame that the fact names: after the change for SET, UPGRADED and REPOINTED
     */
    void changed(StaleUse.Pte change, int mm, long page, long pfn);
  }

  private static final class Run {
    private final String component;
    private final String actor;
    private final MachineFact.PtesChanged fact;
    private final long number;
    private int next;

    private Run(String component, String actor, MachineFact.PtesChanged fact, long number) {
      this.component = component;
      this.actor = actor;
      this.fact = fact;
      this.number = number;
    }

    private long duePs() {
      return fact.firstAtPs() + next * fact.stepPs();
    }

    private long number() {
      return number;
    }
  }

  private final PriorityQueue<Run> runs =
      new PriorityQueue<>(Comparator.comparingLong(Run::duePs).thenComparing(Run::number));
  private final List<Listener> listeners = new ArrayList<>();
  private long duePs = NEVER;
  private long stated;

  /** From now on {@code listener} is told, after those that listen already. */
  void listen(Listener listener) {
    listeners.add(listener);
  }

  /** A run was stated, by {@code actor} as far as is known. */
  void stated(String component, String actor, MachineFact.PtesChanged fact) {
    if (!fact.pages().isEmpty()) {
      runs.add(new Run(component, actor, fact, stated++));
      duePs = runs.element().duePs();
    }
  }

  /** When the next step is due, in ps. */
  long duePs() {
    return duePs;
  }

  /** Tells all steps up to {@code atPs}, in the order of time. */
  void catchUp(long atPs) {
    while (duePs <= atPs) {
      Run run = runs.remove();
      tell(run);
      run.next++;
      if (run.next < run.fact.pages().size()) {
        runs.add(run);
      }
      duePs = runs.isEmpty() ? NEVER : runs.element().duePs();
    }
  }

  private void tell(Run run) {
    MachineFact.PtesChanged fact = run.fact;
    StaleUse.Pte change =
        new StaleUse.Pte(run.component, run.actor, fact.change(), run.duePs());
    long page = fact.pages().get(run.next);
    long pfn = fact.pfns().get(run.next);
    for (Listener listener : listeners) {
      listener.changed(change, fact.mm(), page, pfn);
    }
  }
}
