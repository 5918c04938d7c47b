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
  /**
   * An invalidation: what it drops and, once it has, which transfers it waits for, by traffic
   * class; a class without any has been answered.
   */
  private record Pending(
      Ats.InvalidateRequest request, Map<Integer, NavigableSet<Long>> transfers) {}

  private final int trafficClasses;
  private final Map<Long, Touch> underWay = new TreeMap<>();
  private final Map<Integer, Pending> byItag = new TreeMap<>();

  /** Transfers take turns over {@code trafficClasses}. */
  Drains(int trafficClasses) {
    this.trafficClasses = trafficClasses;
  }

  void start(long transfer, Touch touch) {
    underWay.put(transfer, touch);
  }

  /** Opens an invalidation; false if its ITag is open already. */
  boolean open(Ats.InvalidateRequest request) {
    return byItag.putIfAbsent(request.itag(), new Pending(request, new TreeMap<>())) == null;
  }

  int openCount() {
    return byItag.size();
  }

  Ats.InvalidateRequest request(int itag) {
    return byItag.get(itag).request();
  }

  /**
   * Starts to wait for all that uses what was dropped under {@code itag}; in how many traffic
   * classes nothing does.
   */
  int drainedNow(int itag) {
    Pending pending = byItag.get(itag);
    Ats.InvalidateRequest request = pending.request();
    underWay.forEach((transfer, touch) -> {
      if (request.concerns(touch.pasid()) && request.range().contains(touch.page())) {
        pending.transfers().computeIfAbsent(classOf(transfer), none -> new TreeSet<>())
            .add(transfer);
      }
    });
    return trafficClasses - pending.transfers().size();
  }

  /** Whether {@code itag} waits for no transfer any more. */
  boolean isDrained(int itag) {
    return byItag.get(itag).transfers().isEmpty();
  }

  void close(int itag) {
    byItag.remove(itag);
  }

  /** The transfer's touch if it was under way, which it no longer is; else null. */
  Touch finish(long transfer) {
    return underWay.remove(transfer);
  }

  /**
   * The ITags of the invalidations that waited for {@code transfer} and, in its traffic class, for
   * nothing else.
   */
  List<Integer> drainedBy(long transfer) {
    List<Integer> drained = new ArrayList<>();
    int own = classOf(transfer);
    byItag.forEach((itag, pending) -> {
      NavigableSet<Long> left = pending.transfers().get(own);
      if (left != null && left.remove(transfer) && left.isEmpty()) {
        pending.transfers().remove(own);
        drained.add(itag);
      }
    });
    return drained;
  }

  private int classOf(long transfer) {
    return (int) (transfer % trafficClasses);
  }
}
