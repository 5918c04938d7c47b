package dev.shootdown.validate;

import dev.shootdown.check.LedgerRow;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a run shows to somebody with a stop-watch. */
final class Observed implements Observer {
  private final Map<Long, Long> openFlushes = new TreeMap<>();
  private final List<Long> flushesPs = new ArrayList<>();
  private final List<Long> transfersAtPs = new ArrayList<>();
  private List<LedgerRow> rows = List.of();

  @Override
  public void seen(long atPs, String component, Fact fact) {
    if (fact instanceof MachineFact.FlushBegan began
        && began.audience() == MachineFact.Audience.CPU) {
      openFlushes.put(began.operation(), atPs);
    } else if (fact instanceof MachineFact.FlushEnded ended
        && ended.audience() == MachineFact.Audience.CPU) {
      flushesPs.add(atPs - openFlushes.remove(ended.operation()));
    } else if (fact instanceof MachineFact.Drained) {
      transfersAtPs.add(atPs);
    }
  }

  void ended(List<LedgerRow> ledger) {
    rows = List.copyOf(ledger);
  }

  /** From begin to end of each flush of CPUs, in the order of their ends, in ps. */
  List<Long> flushesPs() {
    return flushesPs;
  }

  /** When each transfer of a device was done, in ps, in that order. */
  List<Long> transfersAtPs() {
    return transfersAtPs;
  }

  /** Operations of a kind that ended, in the order of the ledger. */
  List<LedgerRow> rows(String kind) {
    return rows.stream().filter(row -> row.kind().equals(kind) && row.isFinished()).toList();
  }
}
