package dev.shootdown.audit;

import dev.shootdown.address.PageRange;
import dev.shootdown.check.CostReport;
import dev.shootdown.check.Judgement;
import dev.shootdown.check.LedgerRow;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Measures a cell's cost over its runs, and when its operation was under way in each. */
final class CostMeter {
  private final String operation;
  private final List<Long> flushesPs = new ArrayList<>();
  private int runs;
  private long operations;
  private long requests;
  private long stolenPs;
  private long underTablesPs;
  private long interruptsOffPs;
  private long requestedPages;
  private long flushedPages;
  private long toAll;

  /** A meter of operations of one kind. */
  CostMeter(String operation) {
    this.operation = operation;
  }

  /**
   * A flush under way.
   *
   * @param cpu who carries it out
   * @param kind the kind of its operation, empty if unknown
   */
  record UnderWay(String cpu, String kind, long sincePs) {}

  /** One run, while it is going on. */
  final class Run implements Observer {
    private final TreeMap<Long, Long> flushing = new TreeMap<>();
    private final TreeMap<Long, Boolean> mine = new TreeMap<>();
    private final TreeMap<Long, String> kinds = new TreeMap<>();
    private final TreeMap<Long, UnderWay> ofEverything = new TreeMap<>();
    private long beganPs = -1;
    private long endedPs = -1;

    @Override
    public void seen(long atPs, String component, Fact fact) {
      everything(atPs, component, fact);
      if (fact instanceof MachineFact.OperationBegan began && began.kind().equals(operation)) {
        mine.put(began.operation(), true);
        beganPs = beganPs < 0 ? atPs : beganPs;
      } else if (fact instanceof MachineFact.OperationEnded ended
          && mine.containsKey(ended.operation())) {
        endedPs = atPs;
      } else if (fact instanceof MachineFact.FlushBegan flush
          && flush.audience() == Audience.SECONDARY && mine.containsKey(flush.operation())) {
        flushing.put(flush.operation(), atPs);
        widened(flush);
      } else if (fact instanceof MachineFact.FlushEnded flush
          && flush.audience() == Audience.SECONDARY) {
        Long since = flushing.remove(flush.operation());
        if (since != null) {
          flushesPs.add(atPs - since);
        }
      }
    }

    private void everything(long atPs, String component, Fact fact) {
      if (fact instanceof MachineFact.OperationBegan began) {
        kinds.put(began.operation(), began.kind());
      } else if (fact instanceof MachineFact.FlushBegan flush
          && flush.audience() == Audience.SECONDARY && flush.flushed().isAll()) {
        String kind = kinds.getOrDefault(flush.operation(), "");
        ofEverything.put(flush.operation(), new UnderWay(component, kind, atPs));
      } else if (fact instanceof MachineFact.FlushEnded flush
          && flush.audience() == Audience.SECONDARY) {
        ofEverything.remove(flush.operation());
      }
    }

    /** The secondary flush of all pages that is under way for longest, if any is. */
    Optional<UnderWay> everything() {
      return ofEverything.values().stream()
          .min(Comparator.comparingLong(UnderWay::sincePs));
    }

    /** When the first operation began, in ps; −1 if none did. */
    long beganPs() {
      return beganPs;
    }

    /** When the last ended, in ps; −1 if none did. */
    long endedPs() {
      return endedPs;
    }
  }

  private void widened(MachineFact.FlushBegan flush) {
    boolean all = flush.flushed().pages() >= PageRange.ALL_PAGES;
    if (all && flush.requested().pages() < PageRange.ALL_PAGES) {
      toAll++;
    } else if (!all) {
      requestedPages += flush.requested().pages();
      flushedPages += flush.flushed().pages();
    }
  }

  /** Takes the figures of a run that is over. */
  void take(Judgement judgement) {
    runs++;
    for (LedgerRow row : judgement.rows()) {
      if (row.kind().equals(operation) && row.isFinished()) {
        operations++;
        requests += row.secondaryFlushes();
        stolenPs += row.stolenPs();
      }
    }
    underTablesPs += judgement.costs().holding().underTableLocksPs();
    for (CostReport.InterruptsOff off : judgement.costs().holding().interruptsOff()) {
      interruptsOffPs = Math.max(interruptsOffPs, off.longestPs());
    }
  }

  /** The cost so far. */
  Cost cost() {
    Collections.sort(flushesPs);
    return new Cost(
        operations, requests,
        new Cost.Latency(flushesPs.size(), percentile(50), percentile(99)),
        new Cost.Width(requestedPages, flushedPages, toAll),
        new Cost.Held(
            runs == 0 ? 0 : underTablesPs / runs, interruptsOffPs,
            operations == 0 ? 0 : stolenPs / operations));
  }

  private long percentile(int percent) {
    int count = flushesPs.size();
    int rank = Math.max(1, (int) (((long) count * percent + 99) / 100));
    return count == 0 ? 0 : flushesPs.get(rank - 1);
  }
}
