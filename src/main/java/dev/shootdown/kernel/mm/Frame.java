package dev.shootdown.kernel.mm;

import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelWords.FrameKind;
import dev.shootdown.trace.MachineFact;

/** A frame in use: what for, and who refers to it. */
final class Frame {
  private final FrameKind kind;
  private final int order;
  private int references;
  private int mappings;
  private boolean dirty;
  private MachineFact.Share shared;
  private boolean inCache;

  /** A frame of 4 KiB, or the first of 512 of them for order 9. */
  Frame(FrameKind kind, int order, int references, int mappings) {
    this.kind = kind;
    this.order = order;
    this.references = references;
    this.mappings = mappings;
    this.inCache = kind == FrameKind.FILE || kind == FrameKind.PFN_MAPPED;
  }

  FrameKind kind() {
    return kind;
  }

  int order() {
    return order;
  }

  int mappings() {
    return mappings;
  }

  /** Whether references are counted at all. */
  boolean isCounted() {
    return kind != FrameKind.ZERO && kind != FrameKind.PFN_MAPPED;
  }

  void get() {
    references++;
  }

  /** Gives a reference back; false if there was none. */
  boolean put() {
    if (isCounted() && references == 0) {
      return false;
    }
    references -= isCounted() ? 1 : 0;
    return true;
  }

  /** Whether it was never counted, and its owner has taken it back. */
  boolean isGone() {
    return kind == FrameKind.PFN_MAPPED && !inCache;
  }

  /** Whether nothing refers to it any more. */
  boolean isUnreferenced() {
    return isCounted() && references == 0;
  }

  void map() {
    mappings++;
  }

  /** One mapping less; false if there was none. What isn't counted has no reverse map either. */
  boolean unmap() {
    if (mappings == 0) {
      return !isCounted();
    }
    mappings--;
    return true;
  }

  void dirty(boolean written) {
    dirty = written;
  }

  void share(MachineFact.Share why) {
    shared = why;
  }

  /** Ends sharing; false if it was not shared. */
  boolean unshare() {
    boolean was = shared != null;
    shared = null;
    return was;
  }

  /** Its owner lets go; false if it has none, or has done so before. */
  boolean leaveCache() {
    boolean was = inCache;
    inCache = false;
    return was;
  }

  /** One of the 512 frames that a 2 MiB frame is split into. */
  Frame part() {
    Frame part = new Frame(kind, 0, references, mappings);
    part.dirty = dirty;
    part.shared = shared;
    return part;
  }

  KernelCall.FrameState state(long pfn) {
    return new KernelCall.FrameState(pfn, kind, references, mappings, dirty);
  }
}
