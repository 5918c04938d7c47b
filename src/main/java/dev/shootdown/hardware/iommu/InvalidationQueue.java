package dev.shootdown.hardware.iommu;

import dev.shootdown.protocol.Invalidation;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The ring of invalidation descriptors: what waits outside, what has been taken, what is complete.
 *
 * <p>Descriptors are taken strictly in order and may complete out of order; a wait descriptor is
 * complete when all before it are, those of earlier submissions included (VT-d 6.5.2.8).
 */
final class InvalidationQueue {
  /** A submission on its way through the ring. */
  static final class Batch {
    private final Invalidation.Submit submit;
    private int taken;
    private int open;
    private long startedPs;
    private long iotlbDonePs = -1;
    private long deviceDonePs = -1;

    private Batch(Invalidation.Submit submit) {
      this.submit = submit;
    }

    int cpu() {
      return submit.cpu();
    }

    /** Whether only the wait descriptor is left to take. */
    boolean isAtWait() {
      return taken == submit.descriptors().size();
    }

    Invalidation.Descriptor descriptor() {
      return submit.descriptors().get(taken);
    }

    void iotlbDone(long nowPs) {
      open--;
      iotlbDonePs = nowPs;
    }

    void deviceDone(long nowPs) {
      open--;
      deviceDonePs = nowPs;
    }

    /** Its three stages, each no earlier than the one before. */
    Invalidation.Completed completed() {
      long iotlbPs = Math.max(startedPs, iotlbDonePs);
      return new Invalidation.Completed(
          submit.ticket(), startedPs, iotlbPs, Math.max(iotlbPs, deviceDonePs));
    }

    private int slots() {
      return submit.descriptors().size() + 1;
    }
  }

  private final int depth;
  private int slotsUsed;
  private final Deque<Batch> outside = new ArrayDeque<>();
  private final Deque<Batch> untaken = new ArrayDeque<>();
  private final Deque<Batch> incomplete = new ArrayDeque<>();

  InvalidationQueue(int depth) {
    this.depth = depth;
  }

  void submit(Invalidation.Submit submit) {
    outside.add(new Batch(submit));
    admit();
  }

  /** The batch whose descriptor is next; null if the ring has been read to its end. */
  Batch current() {
    return untaken.peek();
  }

  /** Takes the next descriptor of the current batch off the ring. */
  Batch take(long nowPs) {
    Batch batch = untaken.element();
    if (batch.taken == 0) {
      batch.startedPs = nowPs;
    }
    if (batch.isAtWait()) {
      untaken.remove();
    } else {
      batch.open++;
    }
    batch.taken++;
    return batch;
  }

  /** The oldest batch, which leaves the ring, if its wait descriptor is complete; else null. */
  Batch retire() {
    Batch oldest = incomplete.peek();
    if (oldest == null || oldest.open > 0 || oldest.taken < oldest.slots()) {
      return null;
    }
    incomplete.remove();
    slotsUsed -= oldest.slots();
    admit();
    return oldest;
  }

  /** A batch that could never fit gets the ring for itself: software would feed it in parts. */
  private void admit() {
    while (!outside.isEmpty()
        && (slotsUsed == 0 || slotsUsed + outside.element().slots() <= depth)) {
      Batch batch = outside.remove();
      slotsUsed += batch.slots();
      untaken.add(batch);
      incomplete.add(batch);
    }
  }
}
