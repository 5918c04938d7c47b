package dev.shootdown.hardware.ats;

import dev.shootdown.protocol.Ats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The transfers that go on, and the invalidations that wait for some of them. */
final class Drains {
  /** An invalidation: what it drops and, once it has, which transfers it waits for. */
  private record Pending(Ats.InvalidateRequest request, NavigableSet<Long> transfers) {}

  private final Map<Long, Touch> underWay = new TreeMap<>();
  private final Map<Integer, Pending> byItag = new TreeMap<>();

  void start(long transfer, Touch touch) {
    underWay.put(transfer, touch);
  }

  /** Opens an invalidation; false if its ITag is open already. */
  boolean open(Ats.InvalidateRequest request) {
    return byItag.putIfAbsent(request.itag(), new Pending(request, new TreeSet<>())) == null;
  }

  int openCount() {
    return byItag.size();
  }

  Ats.InvalidateRequest request(int itag) {
    return byItag.get(itag).request();
  }

  /** Starts to wait for all that uses what was dropped under {@code itag}; true if nothing does. */
  boolean isDrainedNow(int itag) {
    Pending pending = byItag.get(itag);
    Ats.InvalidateRequest request = pending.request();
    underWay.forEach((transfer, touch) -> {
      if (request.concerns(touch.pasid()) && request.range().contains(touch.page())) {
        pending.transfers().add(transfer);
      }
    });
    return pending.transfers().isEmpty();
  }

  void close(int itag) {
    byItag.remove(itag);
  }

  /** The transfer's touch if it was under way, which it no longer is; else null. */
  Touch finish(long transfer) {
    return underWay.remove(transfer);
  }

  /** The ITags of the invalidations that waited for {@code transfer} and for nothing else. */
  List<Integer> drainedBy(long transfer) {
    List<Integer> drained = new ArrayList<>();
    byItag.forEach((itag, pending) -> {
      if (pending.transfers().remove(transfer) && pending.transfers().isEmpty()) {
        drained.add(itag);
      }
    });
    return drained;
  }
}
