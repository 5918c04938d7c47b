package dev.shootdown.hardware.ats;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The transfers that go on, and the invalidations that wait for some of them. */
final class Drains {
  /** An invalidation: what it drops and, once it has, which transfers it waits for. */
  static final class Pending {
    private final int pasid;
    private final PageRange range;
    private final NavigableSet<Long> transfers = new TreeSet<>();

    private Pending(int pasid, PageRange range) {
      this.pasid = pasid;
      this.range = range;
    }

    int pasid() {
      return pasid;
    }

    PageRange range() {
      return range;
    }
  }

  private final Map<Long, Touch> underWay = new TreeMap<>();
  private final Map<Integer, Pending> byItag = new TreeMap<>();

  void start(long transfer, Touch touch) {
    underWay.put(transfer, touch);
  }

  /** Opens an invalidation; false if its ITag is open already. */
  boolean open(int itag, int pasid, PageRange range) {
    return byItag.putIfAbsent(itag, new Pending(pasid, range)) == null;
  }

  int openCount() {
    return byItag.size();
  }

  Pending pending(int itag) {
    return byItag.get(itag);
  }

  /** Starts to wait for all that uses what was dropped under {@code itag}; true if nothing does. */
  boolean isDrainedNow(int itag) {
    Pending pending = byItag.get(itag);
    underWay.forEach((transfer, touch) -> {
      if (touch.pasid() == pending.pasid && pending.range.contains(touch.page())) {
        pending.transfers.add(transfer);
      }
    });
    return pending.transfers.isEmpty();
  }

  void close(int itag) {
    byItag.remove(itag);
  }

  /** Whether {@code transfer} was under way; it no longer is. */
  boolean finish(long transfer) {
    return underWay.remove(transfer) != null;
  }

  /** The ITags of the invalidations that waited for {@code transfer} and for nothing else. */
  List<Integer> drainedBy(long transfer) {
    List<Integer> drained = new ArrayList<>();
    byItag.forEach((itag, pending) -> {
      if (pending.transfers.remove(transfer) && pending.transfers.isEmpty()) {
        drained.add(itag);
      }
    });
    return drained;
  }
}
