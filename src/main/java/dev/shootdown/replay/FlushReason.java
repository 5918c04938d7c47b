package dev.shootdown.replay;

/**
 * Why the kernel printed a {@code tlb_flush} line: the number in parentheses, because the words
 * beside it differ between kernel versions and are missing from the tlb plugin of trace-cmd for 4
 * and 5 (Linux include/trace/events/tlb.h, 6.18).
 */
public enum FlushReason {
  /** 0: an address space was loaded; pages -1 = its entries were dropped, 0 = kept. */
  TASK_SWITCH,
  /** 1: a CPU did what another one asked for by interrupt. */
  REMOTE_DONE,
  /** 2: the batched flush of reclaim and migration, done locally. */
  LOCAL_BATCH,
  /** 3: a CPU flushed its own entries of the current address space. */
  LOCAL,
  /** 4: a CPU means to have others flush. An intent: the interrupt may never be sent. */
  REMOTE_INTENT,
  /** 5: the request reached a CPU that no longer runs that address space. */
  WRONG_CPU;

  /** The number in parentheses. */
  public int code() {
    return ordinal();
  }

  /** The reason of that number, or null. */
  static FlushReason of(long code) {
    return code >= 0 && code < values().length ? values()[(int) code] : null;
  }
}
