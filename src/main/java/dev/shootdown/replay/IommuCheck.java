package dev.shootdown.replay;

import java.util.ArrayDeque;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Judges what IOMMU drivers unmap: exactly what was asked for, and invalidated before the same I/O
 * addresses are mapped again. Drivers that defer invalidations are judged by the same rule, because
 * they give addresses out again only after the flush.
 *
 * <p>A trace does not say which domain an unmap belongs to, so any invalidation that covers the
 * range counts for it, whatever its domain.
 */
final class IommuCheck {
  private static final int PAGE_SHIFT = 12;

  private static final int ASKED_MAX = 1 << 16;

  private final Consumer<TraceCheck.Finding> found;
  /** Unmapped and not yet invalidated: end and line by first byte. */
  private final TreeMap<Long, Pending> pending = new TreeMap<>();
  /** Page requests that have not been answered, oldest first. */
  private final ArrayDeque<Asked> asked = new ArrayDeque<>();
  private boolean invalidations;
  private long judged;

  private record Pending(long endIova, int line) {}

  private record Asked(int requester, long pasid, long page, int line) {}

  IommuCheck(Consumer<TraceCheck.Finding> found) {
    this.found = found;
  }

  /** Unmaps that could be judged. */
  long judged() {
    return judged;
  }

  void run(Recording recording) {
    Reading reading = recording.reading();
    invalidations = reading.count("qi_submit") + reading.count("cache_tag_flush_range")
        + reading.count("cache_tag_flush_all") > 0;
    for (TraceEvent event : recording.events()) {
      if (event instanceof TraceEvent.OfIommu iommu) {
        on(iommu.stamp().line(), iommu.event());
      }
    }
  }

  private void on(int line, IommuEvent event) {
    if (event instanceof IommuEvent.Unmap unmap) {
      onUnmap(line, unmap);
    } else if (event instanceof IommuEvent.Map map) {
      onMap(line, map);
    } else if (event instanceof IommuEvent.PageRequest request) {
      if (asked.size() == ASKED_MAX) {
        asked.removeFirst();
      }
      asked.add(new Asked(request.requester(), request.pasid(), request.page(), line));
    } else if (event instanceof IommuEvent.QiSubmit submit) {
      onSubmit(line, submit.descriptor());
    } else if (event instanceof IommuEvent.CacheTagFlush flush) {
      invalidated(flush.startAddress(), flush.pages() < 0 ? -1
          : Math.max(flush.pages(),
              (flush.endAddress() - flush.startAddress() >>> PAGE_SHIFT) + 1));
    }
  }

  private void onSubmit(int line, QiDescriptor descriptor) {
    if (descriptor.kind() == QiDescriptor.Kind.PAGE_RESPONSE) {
      asked.removeIf(request -> request.pasid() == descriptor.pasid()
          && request.requester() == descriptor.source());
    } else if (descriptor.isTranslation()) {
      invalidated(descriptor.address(), descriptor.pages());
      asked.removeIf(request -> isOverlapped(line, request, descriptor));
    }
  }

  /** Each request is told once. */
  private boolean isOverlapped(int line, Asked request, QiDescriptor descriptor) {
    boolean overlapped = descriptor.pasid() >= 0 && descriptor.pasid() == request.pasid()
        && descriptor.covers(request.page() << PAGE_SHIFT)
        && (descriptor.source() < 0 || descriptor.source() == request.requester());
    if (overlapped) {
      found.accept(new TraceCheck.Finding(TraceCheck.Kind.FILL_OVERLAPPED, line,
          "PASID " + request.pasid() + " is invalidated over page 0x"
              + Long.toHexString(request.page()) + ", which its device asked for at line "
              + request.line() + " and which has not been answered"));
    }
    return overlapped;
  }

  private void onUnmap(int line, IommuEvent.Unmap unmap) {
    judged++;
    if (!unmap.isExact()) {
      found.accept(new TraceCheck.Finding(TraceCheck.Kind.UNMAP_SIZE, line,
          "an unmap of " + (unmap.endIova() - unmap.iova()) + " bytes at 0x"
              + Long.toHexString(unmap.iova()) + " took " + unmap.unmappedBytes() + " bytes away"));
    }
    if (invalidations) {
      pending.put(unmap.iova(), new Pending(unmap.endIova(), line));
    }
  }

  private void onMap(int line, IommuEvent.Map map) {
    Long at = pending.lowerKey(map.endIova());
    while (at != null && pending.get(at).endIova() > map.iova()) {
      long page = Math.max(at, map.iova()) >>> PAGE_SHIFT;
      List<String> left = HeldRights.left(new HeldRights.Case(0, List.of(page), false, "cpu0",
          List.of("iommu0"), List.of()));
      found.accept(new TraceCheck.Finding(TraceCheck.Kind.REMAPPED_UNFLUSHED, line,
          "0x" + Long.toHexString(map.iova()) + " is mapped again although what was unmapped at"
              + " line " + pending.get(at).line() + " has not been invalidated; "
              + String.join(", ", left) + " could still use it"));
      pending.remove(at);
      at = pending.lowerKey(map.endIova());
    }
  }

  private void invalidated(long address, long pages) {
    if (pages < 0) {
      pending.clear();
      return;
    }
    long end = address + (pages << PAGE_SHIFT);
    pending.entrySet().removeIf(
        entry -> entry.getKey() >= address && entry.getValue().endIova() <= end);
  }
}
