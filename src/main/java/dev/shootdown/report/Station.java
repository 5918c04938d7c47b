package dev.shootdown.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Something that work goes into and comes out of again: a queue, a lock, a set of walkers, a wire.
 * How many are inside is measured over time; how long each stayed is measured by itself, so that
 * Little's law (the mean number inside is the arrival rate times the mean stay) can be checked.
 *
 * <p>There are three ways to learn of it: arrivals and departures as they happen; whole stays, when
 * a fact tells at the end since when; or levels, when the part itself says how full it is, which
 * tells nothing of single stays.
 */
final class Station {
  private final Slices slices = new Slices();
  private final Map<Long, Long> arrivedAtPs = new LinkedHashMap<>();
  private long arrivals;
  private long departures;
  private long stayedPs;
  private long sincePs;
  private long level;
  private long levelMax;
  private long busyPs;
  private long capacity;
  private boolean told;
  private boolean backdated;

  /** Whatever has the number {@code key} goes in; if it is in already, nothing happens. */
  void arrive(long key, long atPs) {
    if (arrivedAtPs.putIfAbsent(key, atPs) == null) {
      arrivals++;
      change(atPs, level + 1);
    }
  }

  /** It comes out; if it never went in, nothing happens. */
  void depart(long key, long atPs) {
    Long sinceWhenPs = arrivedAtPs.remove(key);
    if (sinceWhenPs != null) {
      departures++;
      stayedPs += atPs - sinceWhenPs;
      change(atPs, level - 1);
    }
  }

  /** Something was inside from {@code sinceWhenPs} to {@code untilPs}, which is now. */
  void stayed(long sinceWhenPs, long untilPs) {
    // What was there before the run counts from its beginning.
    long fromPs = Math.max(0, Math.min(sinceWhenPs, untilPs));
    backdated = true;
    arrivals++;
    departures++;
    stayedPs += untilPs - fromPs;
    slices.add(fromPs, untilPs, 1);
  }

  /** The part says that from now on {@code used} of {@code capacity} are taken. */
  void level(long atPs, long used, long capacityOfAll) {
    told = true;
    capacity = Math.max(capacity, capacityOfAll);
    arrivals += Math.max(0, used - level);
    departures += Math.max(0, level - used);
    change(atPs, used);
  }

  private void change(long atPs, long next) {
    slices.add(sincePs, atPs, level);
    busyPs += level > 0 ? atPs - sincePs : 0;
    sincePs = atPs;
    level = next;
    levelMax = Math.max(levelMax, level);
  }

  long arrivals() {
    return arrivals;
  }

  long departures() {
    return departures;
  }

  /** The most that were inside at once; empty if only whole stays are known. */
  OptionalLong levelMax() {
    return backdated ? OptionalLong.empty() : OptionalLong.of(levelMax);
  }

  /** How many fit in; empty if that was not told. */
  OptionalLong capacity() {
    return told ? OptionalLong.of(capacity) : OptionalLong.empty();
  }

  /** Time with somebody inside until {@code endPs}; empty if only whole stays are known. */
  OptionalLong busyPs(long endPs) {
    return backdated
        ? OptionalLong.empty()
        : OptionalLong.of(busyPs + (level > 0 ? endPs - sincePs : 0));
  }

  /** The sum of all stays, open ones until {@code endPs}; empty if levels were told. */
  OptionalLong stayedPs(long endPs) {
    if (told) {
      return OptionalLong.empty();
    }
    long openPs = 0;
    for (long atPs : arrivedAtPs.values()) {
      openPs += endPs - atPs;
    }
    return OptionalLong.of(stayedPs + openPs);
  }

  /** The number inside over time until {@code endPs}. */
  Slices slices(long endPs) {
    Slices all = slices.copy();
    all.add(sincePs, endPs, level);
    all.cover(endPs);
    return all;
  }
}
