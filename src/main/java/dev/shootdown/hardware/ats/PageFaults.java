package dev.shootdown.hardware.ats;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.Ats;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Resolution;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A device's page requests: which pages it was denied, which it has asked software for, and which
 * it is trying again.
 *
 * <ol>
 *   <li>A denied touch raises a fault of its page, or joins the one that is there.
 *   <li>Faults wait for credits and for a group number. A group's last request closes it.
 *   <li>A successful answer lets all touches of the group's pages try again. A page that fails
 *       again goes back to the first step; after {@link PageRequestSpec#refaultsMax} times in a row
 *       the device is at its end.
 *   <li>An answer of failure ends page requests altogether.
 * </ol>
 */
final class PageFaults {
  private record Key(int pasid, long page) {}

  private static final Comparator<Key> BY_PAGE =
      Comparator.comparingInt(Key::pasid).thenComparingLong(Key::page);

  /** A page that software has to see to. */
  private static final class Fault {
    private final Key key;
    private final long request;
    private final List<Touch> touches = new ArrayList<>();
    private boolean write;
    private boolean retrying;
    private int refaults;

    private Fault(Key key, long request) {
      this.key = key;
      this.request = request;
    }
  }

  private final PageRequestSpec spec;
  private final int device;
  private final Ctx<?> ctx;
  private final Port<Ats.ToIommu> iommu;
  private final Map<Key, Fault> byPage = new TreeMap<>(BY_PAGE);
  private final Deque<Fault> waiting = new ArrayDeque<>();
  private final Map<Integer, List<Fault>> groups = new TreeMap<>();
  private int outstanding;
  private int nextGroup;
  private long raised;
  private boolean stopped;

  PageFaults(PageRequestSpec spec, int device, Ctx<?> ctx, Port<Ats.ToIommu> iommu) {
    this.spec = spec;
    this.device = device;
    this.ctx = ctx;
    this.iommu = iommu;
    this.stopped = !spec.isEnabled();
  }

  /** Whether the device can't ask for pages, never could or no longer. */
  boolean isStopped() {
    return stopped;
  }

  /** {@code touch} was denied; false if that was once too often for this device. */
  boolean raise(Touch touch) {
    Key key = new Key(touch.pasid(), touch.page());
    Fault fault = byPage.get(key);
    if (fault == null) {
      fault = new Fault(key, raised++);
      byPage.put(key, fault);
      waiting.add(fault);
      ctx.mark(new MachineFact.FaultRaised(fault.request, key.pasid(), key.page(), touch.write()));
    } else if (fault.retrying) {
      fault.touches.clear();
      fault.retrying = false;
      fault.refaults++;
      ctx.mark(new MachineFact.FaultRetried(fault.request));
      if (spec.refaultsMax() > 0 && fault.refaults >= spec.refaultsMax()) {
        return false;
      }
      waiting.add(fault);
    }
    fault.write |= touch.write();
    fault.touches.add(touch);
    send();
    return true;
  }

  /** {@code touch} went through. */
  void served(Touch touch) {
    Fault fault = byPage.get(new Key(touch.pasid(), touch.page()));
    if (fault == null || !fault.retrying) {
      return;
    }
    for (Iterator<Touch> own = fault.touches.iterator(); own.hasNext();) {
      if (own.next() == touch) { // an equal touch may be another one
        own.remove();
        break;
      }
    }
    if (fault.touches.isEmpty()) {
      resolve(fault, Resolution.SERVED);
    }
  }

  /** {@code touch} was denied, and nobody will be asked any more. */
  void giveUp(Touch touch) {
    Fault fault = byPage.get(new Key(touch.pasid(), touch.page()));
    if (fault != null) {
      resolve(fault, Resolution.REFUSED);
    }
  }

  /**
   * What an answer leads to.
   *
   * @param again touches that may try again
   * @param over touches that are refused for good
   */
  record Verdict(List<Touch> again, List<Touch> over) {}

  /** Takes an answer; null if no group of that number waits for one. */
  Verdict answered(Ats.PrgResponse response) {
    int group = response.group();
    if (!groups.containsKey(group)) {
      return null;
    }
    ctx.mark(new MachineFact.PageAnswered(group, response.code()));
    return switch (response.code()) {
      case Ats.SUCCESS -> new Verdict(succeeded(group), List.of());
      case Ats.INVALID_REQUEST -> new Verdict(List.of(), refused(group));
      case Ats.RESPONSE_FAILURE -> new Verdict(List.of(), failed(group));
      default -> new Verdict(List.of(),
          spec.undefinedCode() == PageRequestSpec.UndefinedCode.INVALID_REQUEST
              ? refused(group) : failed(group));
    };
  }

  private List<Touch> succeeded(int group) {
    List<Touch> again = new ArrayList<>();
    for (Fault fault : close(group)) {
      fault.retrying = true;
      again.addAll(fault.touches);
    }
    send();
    return again;
  }

  private List<Touch> failed(int group) {
    stopped = true;
    List<Touch> over = refused(group);
    over.addAll(stop(Resolution.REFUSED));
    return over;
  }

  private List<Touch> refused(int group) {
    List<Touch> over = end(close(group), Resolution.REFUSED);
    send();
    return over;
  }

  /**
   * Ends page requests, the device being refused any more of them, or having failed itself; the
   * touches that are over. What is being tried again goes on unless the device has failed.
   */
  List<Touch> stop(Resolution how) {
    stopped = true;
    List<Touch> over = new ArrayList<>();
    List<Fault> asked = new ArrayList<>(byPage.values());
    asked.removeIf(fault -> fault.retrying && how == Resolution.REFUSED);
    over.addAll(end(asked, how));
    groups.replaceAll((group, faults) -> List.of());
    waiting.clear();
    return over;
  }

  /**
   * The device works no more in {@code pasid}: nobody waits for its pages any more; the touches
   * that did. Groups under way keep their numbers and credits until they are answered.
   */
  List<Touch> stop(int pasid) {
    List<Fault> own = new ArrayList<>(byPage.values());
    own.removeIf(fault -> fault.key.pasid() != pasid);
    waiting.removeIf(fault -> fault.key.pasid() == pasid);
    List<Touch> over = end(own, Resolution.REFUSED);
    own.forEach(fault -> fault.touches.clear());
    return over;
  }

  private List<Touch> end(List<Fault> faults, Resolution how) {
    List<Touch> over = new ArrayList<>();
    for (Fault fault : faults) {
      over.addAll(fault.touches);
      resolve(fault, how);
    }
    return over;
  }

  private void resolve(Fault fault, Resolution how) {
    if (byPage.remove(fault.key, fault)) { // it may be over already, and the page wanted anew
      ctx.mark(new MachineFact.FaultResolved(fault.request, how));
    }
  }

  private List<Fault> close(int group) {
    List<Fault> faults = groups.remove(group);
    outstanding -= faults.size();
    return faults;
  }

  /** Sends groups as long as there are faults, credits and numbers. */
  private void send() {
    while (!stopped && !waiting.isEmpty() && outstanding < spec.allocation()
        && groups.size() < Ats.GROUPS) {
      List<Fault> group = gather();
      while (groups.containsKey(nextGroup)) {
        nextGroup = (nextGroup + 1) % Ats.GROUPS;
      }
      groups.put(nextGroup, group);
      outstanding += group.size();
      for (int i = 0; i < group.size(); i++) {
        Fault fault = group.get(i);
        boolean last = i == group.size() - 1;
        ctx.mark(new MachineFact.PageRequested(
            fault.key.pasid(), fault.key.page(), nextGroup, last));
        ctx.send(iommu, new Ats.PageRequest(
            device, fault.key.pasid(), fault.key.page(), fault.write, nextGroup, last));
      }
      nextGroup = (nextGroup + 1) % Ats.GROUPS;
    }
  }

  /** The oldest fault, and others of its PASID that there are credits for. */
  private List<Fault> gather() {
    int room = Math.min(spec.groupPages(), spec.allocation() - outstanding);
    List<Fault> group = new ArrayList<>();
    group.add(waiting.remove());
    int pasid = group.get(0).key.pasid();
    for (Iterator<Fault> more = waiting.iterator(); more.hasNext() && group.size() < room;) {
      Fault fault = more.next();
      if (fault.key.pasid() == pasid) {
        group.add(fault);
        more.remove();
      }
    }
    return group;
  }
}
