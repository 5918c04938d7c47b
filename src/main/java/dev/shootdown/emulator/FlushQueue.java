package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.List;

/** Ranges that were unmapped and not invalidated yet (Linux 6.12, dma-iommu.c, iova_fq). */
final class FlushQueue {
  private final int entries;
  private final List<PageRange> queued = new ArrayList<>();

  /** An empty ring; it is full with one entry free. */
  FlushQueue(int entries) {
    this.entries = entries;
  }

  boolean isFull() {
    return queued.size() == entries - 1;
  }

  boolean isEmpty() {
    return queued.isEmpty();
  }

  void add(PageRange range) {
    queued.add(range);
  }

  /** Whether an address in {@code range} can't be handed out yet. */
  boolean holds(PageRange range) {
    return queued.stream().anyMatch(range::overlaps);
  }

  /** The smallest range around all that is queued. */
  PageRange hull() {
    PageRange hull = new PageRange(0, 0);
    for (PageRange range : queued) {
      hull = hull.hull(range);
    }
    return hull;
  }

  /** Empties the queue; what was in it. */
  List<PageRange> take() {
    List<PageRange> taken = List.copyOf(queued);
    queued.clear();
    return taken;
  }
}
