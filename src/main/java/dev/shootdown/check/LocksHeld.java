package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which operation holds which lock since when, as often as it took it. */
final class LocksHeld {
  static final long NONE = -1;

  private static final class Hold {
    private final long sincePs;
    private int times;

    private Hold(long sincePs) {
      this.sincePs = sincePs;
    }
  }

  private final Map<String, Map<Long, Hold>> holds = new LinkedHashMap<>();
  private final Map<String, Long> lastTaker = new LinkedHashMap<>();
  private long lastTakenPs;

  void taken(long atPs, MachineFact.LockTaken taken) {
    holds.computeIfAbsent(taken.lock(), absent -> new LinkedHashMap<>())
        .computeIfAbsent(taken.operation(), absent -> new Hold(atPs)).times++;
    if (atPs > lastTakenPs) {
      lastTaker.clear();
    }
    lastTakenPs = atPs;
    lastTaker.put(taken.lock(), taken.operation());
  }

  void dropped(MachineFact.LockDropped dropped) {
    Map<Long, Hold> own = holds.get(dropped.lock());
    Hold hold = own == null ? null : own.get(dropped.operation());
    if (hold != null && --hold.times == 0) {
      own.remove(dropped.operation());
      if (own.isEmpty()) {
        holds.remove(dropped.lock());
      }
    }
  }

  /** Who took the lock at this instant, or holds it alone; {@link #NONE} if that is not known. */
  long soleHolder(long atPs, String lock) {
    Long taker = atPs == lastTakenPs ? lastTaker.get(lock) : null;
    if (taker != null) {
      return taker;
    }
    Map<Long, Hold> own = holds.get(lock);
    return own != null && own.size() == 1 ? own.keySet().iterator().next() : NONE;
  }

  /** Since when anybody has held the lock, in ps; {@link Long#MAX_VALUE} if nobody does. */
  long heldSincePs(String lock) {
    long sincePs = Long.MAX_VALUE;
    for (Hold hold : holds.getOrDefault(lock, new LinkedHashMap<>()).values()) {
      sincePs = Math.min(sincePs, hold.sincePs);
    }
    return sincePs;
  }
}
