package dev.shootdown.hardware.iommu;

import static dev.shootdown.hardware.iommu.IommuRig.NS;

import java.util.Optional;

/** Specs that differ from a plain one in a point or two. */
final class Specs {
  private int queueDepth = 256;
  private Optional<Long> deviceTimeoutPs = Optional.empty();
  private PageRequestLogSpec log = PageRequestLogSpec.NONE;
  private int stallsMax;
  private WalkCacheSpec walkCache = WalkCacheSpec.NONE;
  private boolean dirtyWriteBack = true;
  private boolean rewalks = true;
  private boolean cachesNotPresent;
  private boolean drains = true;

  static Specs plain() {
    return new Specs();
  }

  Specs deviceTimeout(long limitPs) {
    deviceTimeoutPs = Optional.of(limitPs);
    return this;
  }

  Specs log(int depth, PageRequestLogSpec.Overflow overflow, long writePs) {
    log = new PageRequestLogSpec(depth, overflow, writePs);
    return this;
  }

  Specs stalls(int most) {
    stallsMax = most;
    return this;
  }

  Specs walkCache(int entries) {
    walkCache = new WalkCacheSpec(entries, 10 * NS);
    return this;
  }

  Specs withoutDirtyWriteBack() {
    dirtyWriteBack = false;
    return this;
  }

  Specs withoutRewalk() {
    rewalks = false;
    return this;
  }

  Specs cachingMode() {
    cachesNotPresent = true;
    return this;
  }

  Specs withoutDrain() {
    drains = false;
    return this;
  }

  Specs queueDepth(int depth) {
    queueDepth = depth;
    return this;
  }

  IommuSpec build() {
    return new IommuSpec(128, 4, NS, 4, 110 * NS, 820 * NS, queueDepth, true, true, 0,
        deviceTimeoutPs, 2_000 * NS, log, stallsMax, walkCache, dirtyWriteBack, rewalks,
        cachesNotPresent, drains);
  }
}
