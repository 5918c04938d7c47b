package dev.shootdown.hardware.iommu;

import dev.shootdown.protocol.Invalidation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The ring of descriptors: what waits outside, what has been taken, what is complete.
 *
 * <p>Descriptors are taken strictly in order and may complete out of order; a wait descriptor is
 * complete when all before it are, those of earlier submissions included (VT-d 6.5.2.8).
 */
final class InvalidationQueue {
  private static final Invalidation.Wait PLAIN = new Invalidation.Wait(0);

  /** Whether the CPU has been answered, which is once, however often it had to submit. */
  private static final class Answer {
    private boolean sent;
  }

  /** A submission on its way through the ring. */
  static final class Batch {
    private final Invalidation.Submit submit;
    private final long number;
    private final Invalidation.Wait wait;
    private final int commands;
    private int taken;
    private int open;
    private long startedPs;
    private long iotlbDonePs = -1;
    private long deviceDonePs = -1;
    private Invalidation.Status status = Invalidation.Status.DONE;
    private final Answer answer;

    private Batch(Invalidation.Submit submit, long number, Answer answer) {
      this.submit = submit;
      this.number = number;
      this.answer = answer;
      int all = submit.descriptors().size();
      boolean ownWait =
          all > 0 && submit.descriptors().get(all - 1) instanceof Invalidation.Wait;
      this.wait = ownWait ? (Invalidation.Wait) submit.descriptors().get(all - 1) : PLAIN;
      this.commands = ownWait ? all - 1 : all;
    }

    Invalidation.Submit submit() {
      return submit;
    }

    /** Kept when the submission is written to the ring again. */
    long number() {
      return number;
    }

    int cpu() {
      return submit.cpu();
    }

    /** The wait descriptor at its end. */
    Invalidation.Wait lastWait() {
      return wait;
    }

    /** Whether only the wait descriptor is left to take. */
    boolean isAtWait() {
      return taken >= commands;
    }

    /** Whether nothing that was taken is still under way. */
    boolean isQuiet() {
      return open == 0;
    }

    Invalidation.Descriptor descriptor() {
      return submit.descriptors().get(taken);
    }

    /** The descriptor taken last is over at once. */
    void done() {
      open--;
    }

    void iotlbDone(long nowPs) {
      open--;
      iotlbDonePs = nowPs;
    }

    void deviceDone(long nowPs) {
      open--;
      deviceDonePs = nowPs;
    }

    /** Skips what is left of it, up to its wait descriptor. */
    void refuse() {
      taken = commands;
      status = Invalidation.Status.REFUSED;
    }

    boolean isAnswered() {
      return answer.sent;
    }

    /** Whether the CPU has had its answer before; it has from now on. */
    boolean answer() {
      boolean before = answer.sent;
      answer.sent = true;
      return before;
    }

    /** Its three stages, each no earlier than the one before. */
    Invalidation.Completed completed() {
      return completed(status);
    }

    Invalidation.Completed completed(Invalidation.Status how) {
      long iotlbPs = Math.max(startedPs, iotlbDonePs);
      return new Invalidation.Completed(
          submit.ticket(), startedPs, iotlbPs, Math.max(iotlbPs, deviceDonePs), how);
    }

    private int slots() {
      return commands + 1;
    }
  }

  private final int depth;
  private final int spareSlots;
  private int slotsUsed;
  private long submissions;
  private final Deque<Batch> outside = new ArrayDeque<>();
  private final Deque<Batch> untaken = new ArrayDeque<>();
  private final Deque<Batch> incomplete = new ArrayDeque<>();

  InvalidationQueue(int depth, int spareSlots) {
    this.depth = depth;
    this.spareSlots = spareSlots;
  }

  Batch submit(Invalidation.Submit submit) {
    Batch batch = new Batch(submit, submissions++, new Answer());
    outside.add(batch);
    admit();
    return batch;
  }

  /** Writes an aborted submission to the ring again, behind all others. */
  void resubmit(Batch aborted) {
    outside.add(new Batch(aborted.submit, aborted.number, aborted.answer));
  }

  /** The batch whose descriptor is next; null if the ring has been read to its end. */
  Batch current() {
    return untaken.peek();
  }

  /** Whether all submissions before {@code batch} have left the ring. */
  boolean isOldest(Batch batch) {
    return incomplete.peek() == batch;
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

  /** The oldest batch if its wait descriptor is complete; else null. */
  Batch complete() {
    Batch oldest = incomplete.peek();
    return oldest == null || oldest.open > 0 || oldest.taken < oldest.slots() ? null : oldest;
  }

  /** The oldest batch leaves the ring. */
  void retire() {
    slotsUsed -= incomplete.remove().slots();
    admit();
  }

  /** All batches leave the ring, in order; what waited outside stays there. */
  List<Batch> abort() {
    List<Batch> aborted = new ArrayList<>(incomplete);
    incomplete.clear();
    untaken.clear();
    slotsUsed = 0;
    return aborted;
  }

  /** Lets in what waited outside, as far as there is room. */
  void admit() {
    // A batch that could never fit gets the ring for itself: software would feed it in parts.
    while (!outside.isEmpty()
        && (slotsUsed == 0 || slotsUsed + outside.element().slots() + spareSlots <= depth)) {
      Batch batch = outside.remove();
      slotsUsed += batch.slots();
      untaken.add(batch);
      incomplete.add(batch);
    }
  }
}
