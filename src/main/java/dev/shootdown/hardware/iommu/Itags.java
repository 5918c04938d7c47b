package dev.shootdown.hardware.iommu;

import java.util.ArrayList;
import java.util.List;

/**
 * The ITags of each device: which invalidation each stands for until it is answered. A tag in use
 * is never given out again (PCIe 10.3.1), and no device gets more at a time than its queue takes,
 * unless software says that it takes more.
 */
final class Itags {
  /** An invalidation under way. */
  private static final class Use {
    private final InvalidationQueue.Batch batch;
    private final long number;
    private boolean expired;
    private int count; // 0 before the first answer
    private int answers;

    private Use(InvalidationQueue.Batch batch, long number) {
      this.batch = batch;
      this.number = number;
    }
  }

  private final List<Use[]> byDevice = new ArrayList<>();
  private long uses;

  /**
   * All tags free.
   *
   * @param told how many invalidations software says that each device with a cache takes; 0 for as
   *     many as it does take
   */
  Itags(List<Integer> queueDepths, int told) {
    queueDepths.forEach(
        depth -> byDevice.add(new Use[told == 0 || depth == 0 ? depth : told]));
  }

  /** The least tag of {@code device} that is free; −1 if all are in use. */
  int free(int device) {
    Use[] tags = byDevice.get(device);
    for (int itag = 0; itag < tags.length; itag++) {
      if (tags[itag] == null) {
        return itag;
      }
    }
    return -1;
  }

  /** Takes the tag into use; returns the number of this use. */
  long use(int device, int itag, InvalidationQueue.Batch batch) {
    byDevice.get(device)[itag] = new Use(batch, uses);
    return uses++;
  }

  /** Whether {@code use} of the tag has no answer yet. */
  boolean isOpen(int device, int itag, long use) {
    Use open = byDevice.get(device)[itag];
    return open != null && open.number == use && !open.expired;
  }

  /** What the tag stands for. */
  InvalidationQueue.Batch batch(int device, int itag) {
    return byDevice.get(device)[itag].batch;
  }

  /**
   * The answer has come too late, or never will. The tag stays in use until the device answers it
   * after all; if it is gone, the tag is free.
   */
  void expire(int device, int itag, boolean gone) {
    byDevice.get(device)[itag].expired = true;
    if (gone) {
      byDevice.get(device)[itag] = null;
    }
  }

  /** Whether the tag is in use. */
  boolean isUsed(int device, int itag) {
    return device >= 0 && device < byDevice.size() && itag >= 0
        && itag < byDevice.get(device).length && byDevice.get(device)[itag] != null;
  }

  /**
   * The device has answered the tag once more; whether that fits what it said before.
   *
   * @param count how often it says that it will
   */
  boolean answered(int device, int itag, int count) {
    Use use = byDevice.get(device)[itag];
    boolean fits = count >= 1 && (use.count == 0 || use.count == count);
    use.count = count;
    use.answers++;
    return fits;
  }

  /** Whether the device has answered the tag as often as it said. */
  boolean isAnswered(int device, int itag) {
    Use use = byDevice.get(device)[itag];
    return use.answers >= use.count;
  }

  /** Nobody waits for the tag any more; what it stood for, or null if nobody did before. */
  InvalidationQueue.Batch finish(int device, int itag) {
    Use use = byDevice.get(device)[itag];
    InvalidationQueue.Batch batch = use.expired ? null : use.batch;
    use.expired = true;
    return batch;
  }

  /** Frees the tag; what it stood for, or null if nobody waits for it any more. */
  InvalidationQueue.Batch release(int device, int itag) {
    Use use = byDevice.get(device)[itag];
    byDevice.get(device)[itag] = null;
    return use.expired ? null : use.batch;
  }
}
