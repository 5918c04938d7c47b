package dev.shootdown.hardware.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Ats;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntPredicate;

/** The page walkers: which are busy with what, and who waits for one. */
final class Walks {
  static final long FROM_ROOT = -1;

  private final Wanted[] underWay;
  private final boolean[] reading;
  private final boolean[] overtaken;
  private final long[] tables;
  private final Deque<Wanted> waiting = new ArrayDeque<>();
  private int busy;

  Walks(int walkers) {
    this.underWay = new Wanted[walkers];
    this.reading = new boolean[walkers];
    this.overtaken = new boolean[walkers];
    this.tables = new long[walkers];
  }

  boolean isFull() {
    return busy == underWay.length;
  }

  /** Gives {@code wanted} a walker that is free; returns its number, the tag of its walk. */
  int start(Wanted wanted) {
    int walker = 0;
    while (underWay[walker] != null) {
      walker++;
    }
    underWay[walker] = wanted;
    busy++;
    return walker;
  }

  /** Puts the walk to its beginning: page-table page {@code table}, or −1 for the root. */
  Wanted begin(int walker, long table) {
    reading[walker] = false;
    overtaken[walker] = false;
    tables[walker] = table;
    return underWay[walker];
  }

  Wanted wanted(int walker) {
    return underWay[walker];
  }

  long table(int walker) {
    return tables[walker];
  }

  /** From now on an invalidation can overtake the leaf entry. */
  Wanted read(int walker) {
    reading[walker] = true;
    return underWay[walker];
  }

  /** Whether a walk under {@code tag} is waiting for its leaf entry. */
  boolean isReading(long tag) {
    return tag >= 0 && tag < underWay.length && reading[(int) tag];
  }

  boolean isOvertaken(int walker) {
    return overtaken[walker];
  }

  /** The walk is answered; its walker isn't free yet. */
  Wanted answered(int walker) {
    reading[walker] = false;
    return underWay[walker];
  }

  void free(int walker) {
    underWay[walker] = null;
    busy--;
  }

  /**
   * Notes that {@code range} was invalidated. A walk that hasn't asked for its leaf yet will read
   * what stands there now, so it is not concerned; but it must not start from a page-table page
   * that may be gone.
   */
  void overtake(int pasid, PageRange range) {
    for (int walker = 0; walker < underWay.length; walker++) {
      Wanted wanted = underWay[walker];
      if (wanted != null && (pasid == Ats.NO_PASID || wanted.pasid() == pasid)
          && range.contains(wanted.page())) {
        overtaken[walker] |= reading[walker];
        tables[walker] = FROM_ROOT;
      }
    }
  }

  /** Makes the walkers walk again that {@code concerned} is true of. */
  void overtake(IntPredicate concerned) {
    for (int walker = 0; walker < underWay.length; walker++) {
      overtaken[walker] |= reading[walker] && concerned.test(walker);
    }
  }

  void await(Wanted wanted) {
    waiting.add(wanted);
  }

  boolean isAwaited() {
    return !waiting.isEmpty();
  }

  Wanted nextWaiting() {
    return waiting.remove();
  }
}
