package dev.shootdown.hardware.iommu;

import java.util.ArrayList;
import java.util.List;

/**
 * The ITags of each device: which invalidation each stands for until it is answered. A tag in use
 * is never given out again (PCIe 10.3.1), and no device gets more at a time than its queue takes.
 */
final class Itags {
  /** An invalidation under way. */
  private static final class Use {
    private final InvalidationQueue.Batch batch;
    private final long number;
    private boolean expired;

    private Use(InvalidationQueue.Batch batch, long number) {
      this.batch = batch;
      this.number = number;
    }
  }

  private final List<Use[]> byDevice = new ArrayList<>();
  private long uses;

  Itags(List<Integer> queueDepths) {
    queueDepths.forEach(depth -> byDevice.add(new Use[depth]));
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

  /** Frees the tag; what it stood for, or null if nobody waits for it any more. */
  InvalidationQueue.Batch release(int device, int itag) {
    Use use = byDevice.get(device)[itag];
    byDevice.get(device)[itag] = null;
    return use.expired ? null : use.batch;
  }
}
