package dev.shootdown.check;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;

/**
 * Accounts for every picosecond of every operation.
 *
 * <ol>
 *   <li>An operation begins on a CPU, which has no other one under way.
 *   <li>Its stretches follow each other without hole or overlap, each stated when it is over or
 *       later, and none reaches into the future.
 *   <li>It ends where its last stretch ends; so the stretches add up to the elapsed time.
 *   <li>Interrupts, flushes and time stolen from other CPUs are counted beside that; an interrupted
 *       CPU may state its part after the operation has ended.
 * </ol>
 *
 * <p>Whatever does not fit is a {@link LedgerGap}; after one the row goes on from what was stated
 * last, so that one mistake is told once. Holds one row per operation of the run.
 */
public final class Ledger implements Observer {
  private static final int KEPT_GAPS = 100;

  private final Docket docket;
  private final List<LedgerRow> rows = new ArrayList<>();
  private final List<LedgerGap> gaps = new ArrayList<>();
  private final PlaceMap<LedgerRow> byOperation = new PlaceMap<>();

  /** A ledger of its own. */
  public Ledger() {
    this(new Docket());
  }

  Ledger(Docket docket) {
    this.docket = docket;
    docket.hear(MachineFact.Booked.class, this::onBooked);
    docket.hear(MachineFact.OperationBegan.class, this::onBegan);
    docket.hear(MachineFact.OperationEnded.class, this::onEnded);
    docket.hear(MachineFact.Stolen.class, (atPs, by, fact) -> onStolen(atPs, by.name, fact));
    docket.hear(
        MachineFact.InterruptSent.class,
        (atPs, by, fact) -> {
          LedgerRow row = row(fact.operation(), atPs, by.name, "an interrupt for");
          if (row != null && fact.flush()) {
            row.interrupted();
          }
        });
    docket.hear(
        MachineFact.FlushBegan.class,
        (atPs, by, fact) -> {
          LedgerRow row = row(fact.operation(), atPs, by.name, "a flush for");
          if (row != null) {
            row.flushed(fact);
          }
        });
  }

  @Override
  public void seen(long atPs, String component, Fact fact) {
    docket.seen(atPs, component, fact);
  }

  /** All operations in the order in which they began. */
  public List<LedgerRow> rows() {
    return List.copyOf(rows);
  }

  /** What does not fit, the first hundred of it. */
  public List<LedgerGap> gaps() {
    return List.copyOf(gaps);
  }

  private void onBegan(long atPs, Agent by, MachineFact.OperationBegan began) {
    LedgerRow row = new LedgerRow(began, by.name, atPs);
    LedgerRow before = by.row;
    by.row = row;
    if (before != null) {
      gap(by.name, began.operation(), atPs,
          "began while operation " + before.operation() + " was under way on the same CPU");
    }
    if (byOperation.put(began.operation(), row) != null) {
      gap(by.name, began.operation(), atPs, "began twice");
    }
    rows.add(row);
  }

  private void onStolen(long atPs, String component, MachineFact.Stolen stolen) {
    LedgerRow row = row(stolen.operation(), atPs, component, "time stolen for");
    if (row != null && stolen.fromPs() > atPs) {
      gap(component, stolen.operation(), atPs, "time stolen from the future");
    } else if (row != null) {
      row.stolen(atPs - stolen.fromPs());
    }
  }

  private void onBooked(long atPs, Agent by, MachineFact.Booked booked) {
    LedgerRow row = by.row;
    if (row == null || row.operation() != booked.operation()) {
      gap(by.name, booked.operation(), atPs,
          booked.account() + " booked for an operation that is not under way here");
      return;
    }
    if (booked.untilPs() < booked.fromPs() || booked.untilPs() > atPs) {
      gap(by.name, booked.operation(), atPs,
          booked.account() + " booked from " + booked.fromPs() + " ps to " + booked.untilPs()
              + " ps, which is not behind it");
      return;
    }
    if (booked.fromPs() != row.bookedUntilPs()) {
      gap(by.name, booked.operation(), atPs,
          booked.account() + " booked from " + booked.fromPs() + " ps, but "
              + row.bookedUntilPs() + " ps is how far it was booked");
    }
    row.book(booked.account(), booked.fromPs(), booked.untilPs());
  }

  private void onEnded(long atPs, Agent by, MachineFact.OperationEnded ended) {
    LedgerRow row = by.row;
    if (row == null || row.operation() != ended.operation()) {
      gap(by.name, ended.operation(), atPs, "ended, but is not under way here");
      return;
    }
    by.row = null;
    row.end(atPs);
    if (row.bookedUntilPs() != atPs) {
      gap(by.name, ended.operation(), atPs,
          "ended, but " + row.bookedUntilPs() + " ps is how far it was booked");
    }
  }

  private LedgerRow row(long operation, long atPs, String component, String what) {
    LedgerRow row = byOperation.get(operation);
    if (row == null && operation >= 0) {
      gap(component, operation, atPs, what + " an operation that never began");
    }
    return row;
  }

  private void gap(String component, long operation, long atPs, String message) {
    if (gaps.size() < KEPT_GAPS) {
      gaps.add(new LedgerGap(component, operation, atPs, message));
    }
  }
}
