package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Up to when each operation under way has looked at which page: what it found or changed there by
 * then it answers for when it returns, and what others change there later is their business.
 */
final class RevokedRightLooks {
  /** Until when one operation looked, by page. */
  static final class Until {
    /** Of an operation that was not seen to lock a page table: it looked until it returned. */
    static final Until RETURN = new Until();

    private final TreeMap<Long, Stretch> changed = new TreeMap<>();
    private long heldUntilPs = Long.MAX_VALUE;
    private int held;

    private record Stretch(long lastPage, long atPs) {}

    /** The least of {@link #atPs} over all pages, in ps. */
    long leastPs() {
      long least = heldUntilPs;
      for (Stretch own : changed.values()) {
        least = Math.min(least, own.atPs());
      }
      return least;
    }

    /**
     * When it last looked at {@code page}, in ps: when it changed entries around it, else when it
     * last gave a page-table lock back.
     */
    long atPs(long page) {
      Map.Entry<Long, Stretch> own = changed.floorEntry(page);
      return own != null && page <= own.getValue().lastPage()
          ? Math.min(own.getValue().atPs(), heldUntilPs) : heldUntilPs;
    }
  }

  private final PlaceMap<Few<Until>> byOperation = new PlaceMap<>();
  private final Map<Integer, String> tables = new LinkedHashMap<>();

  /** A table's entries change, by a run of {@code operation} if that is known. */
  void changed(String table, long operation, MachineFact.PtesChanged fact) {
    tables.putIfAbsent(fact.mm(), table);
    Few<Until> looks = byOperation.get(operation);
    if (looks == null || fact.pages().isEmpty()) {
      return;
    }
    long first = Long.MAX_VALUE;
    long last = 0;
    for (long page : fact.pages()) {
      first = Math.min(first, page);
      last = Math.max(last, page);
    }
    long endPs = fact.firstAtPs() + (fact.pages().size() - 1) * fact.stepPs();
    until(looks, table).changed.put(first, new Until.Stretch(last, endPs));
  }

  void taken(MachineFact.LockTaken taken) {
    if (taken.operation() < 0) {
      return; // nobody's call, which never returns
    }
    Few<Until> looks = byOperation.get(taken.operation());
    if (looks == null) {
      looks = new Few<>();
      byOperation.put(taken.operation(), looks);
    }
    Until until = until(looks, taken.lock());
    until.held++;
    until.heldUntilPs = Long.MAX_VALUE;
  }

  void dropped(long atPs, MachineFact.LockDropped dropped) {
    Few<Until> looks = byOperation.get(dropped.operation());
    Until until = looks == null ? null : looks.get(dropped.lock());
    if (until != null && until.held > 0 && --until.held == 0) {
      until.heldUntilPs = atPs;
    }
  }

  void ended(long operation) {
    byOperation.remove(operation);
  }

  /** Until when an operation that is returning looked at the table of an address space. */
  Until of(long operation, int mm) {
    Few<Until> looks = byOperation.get(operation);
    Until until = looks == null ? null : looks.get(tables.getOrDefault(mm, ""));
    return until == null ? Until.RETURN : until;
  }

  private static Until until(Few<Until> looks, String table) {
    Until known = looks.get(table);
    if (known == null) {
      known = new Until();
      looks.add(table, known);
    }
    return known;
  }
}
