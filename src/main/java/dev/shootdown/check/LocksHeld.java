package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which operation holds which lock since when, as often as it took it. */
final class LocksHeld {
  static final long NONE = -1;

  /** Locks of frames come and go: so many that nobody holds are remembered by name. */
  private static final int KEPT = 4096;

  private static final class Hold {
    private final long sincePs;
    private int times;

    private Hold(long sincePs) {
      this.sincePs = sincePs;
    }
  }

  private static final class Lock {
    private final Map<Long, Hold> holds = new LinkedHashMap<>(2);
    private long takenPs = -1;
    private long taker = NONE;
  }

  private final Map<String, Lock> locks = new LinkedHashMap<>();

  void taken(long atPs, MachineFact.LockTaken taken) {
    Lock lock = locks.get(taken.lock());
    if (lock == null) {
      if (locks.size() >= KEPT) {
        locks.values().removeIf(free -> free.holds.isEmpty() && free.takenPs < atPs);
      }
      lock = new Lock();
      locks.put(taken.lock(), lock);
    }
    lock.holds.computeIfAbsent(taken.operation(), absent -> new Hold(atPs)).times++;
    lock.takenPs = atPs;
    lock.taker = taken.operation();
  }

  void dropped(MachineFact.LockDropped dropped) {
    Lock lock = locks.get(dropped.lock());
    Hold hold = lock == null ? null : lock.holds.get(dropped.operation());
    if (hold != null && --hold.times == 0) {
      lock.holds.remove(dropped.operation());
    }
  }

  /** Who took the lock at this instant, or holds it alone; {@link #NONE} if that is not known. */
  long soleHolder(long atPs, String name) {
    Lock lock = locks.get(name);
    if (lock == null) {
      return NONE;
    }
    if (lock.takenPs == atPs) {
      return lock.taker;
    }
    return lock.holds.size() == 1 ? lock.holds.keySet().iterator().next() : NONE;
  }

  /** Since when anybody has held the lock, in ps; {@link Long#MAX_VALUE} if nobody does. */
  long heldSincePs(String name) {
    long sincePs = Long.MAX_VALUE;
    Lock lock = locks.get(name);
    if (lock != null) {
      for (Hold hold : lock.holds.values()) {
        sincePs = Math.min(sincePs, hold.sincePs);
      }
    }
    return sincePs;
  }
}
