package dev.shootdown.hardware.iommu;

import java.util.ArrayList;
import java.util.List;

/**
 * The ITags of each device: which invalidation each stands for until it is answered. A tag in use
 * is never given out again (PCIe 10.3.1), and no device gets more at a time than its queue takes.
 */
final class Itags {
  private final List<InvalidationQueue.Batch[]> byDevice = new ArrayList<>();

  Itags(List<Integer> queueDepths) {
    queueDepths.forEach(depth -> byDevice.add(new InvalidationQueue.Batch[depth]));
  }

  /** The least tag of {@code device} that is free; −1 if all are in use. */
  int free(int device) {
    InvalidationQueue.Batch[] tags = byDevice.get(device);
    for (int itag = 0; itag < tags.length; itag++) {
      if (tags[itag] == null) {
        return itag;
      }
    }
    return -1;
  }

  void use(int device, int itag, InvalidationQueue.Batch batch) {
    byDevice.get(device)[itag] = batch;
  }

  /** Frees the tag and returns what it stood for; null if it stood for nothing. */
  InvalidationQueue.Batch release(int device, int itag) {
    if (device < 0 || device >= byDevice.size()) {
      return null;
    }
    InvalidationQueue.Batch[] tags = byDevice.get(device);
    if (itag < 0 || itag >= tags.length) {
      return null;
    }
    InvalidationQueue.Batch batch = tags[itag];
    tags[itag] = null;
    return batch;
  }
}
