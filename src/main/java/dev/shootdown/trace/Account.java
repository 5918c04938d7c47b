package dev.shootdown.trace;

/** What an operation's time can be spent on. At each instant exactly one applies. */
public enum Account {
  /** Entering and leaving the kernel, VMA work, and other code of the path itself. */
  SOFTWARE,
  /** Changing page-table entries. */
  PTE_WORK,
  /** Waiting for a lock that somebody else holds. */
  LOCK_WAIT,
  /** Reaching shared kernel state and coming back. */
  REACH,
  /** Flushing the CPU's own TLB. */
  LOCAL_FLUSH,
  /** Issuing interrupts. */
  IPI_SEND,
  /** Waiting for other CPUs to acknowledge. */
  ACK_WAIT,
  /** Writing descriptors and ringing the doorbell. */
  SUBMIT,
  /** Waiting until the IOMMU takes up the descriptors. */
  QUEUE_WAIT,
  /** Waiting for the IOTLB part of the invalidation. */
  IOTLB_WAIT,
  /** Waiting for devices to complete their part. */
  ATC_WAIT,
  /** Waiting for the status word to come back. */
  STATUS_WAIT,
  /** Freeing pages. */
  PAGE_FREE,
  /** Allocating and clearing pages. */
  PAGE_ALLOC,
  /** User-mode work and memory accesses. */
  USER,
  /** Serving somebody else's interrupt in the middle of the operation. */
  INTERRUPTED,
  /** Waiting for subscribers to mmu_notifier brackets: KVM, HMM mirrors, grant tables. */
  NOTIFIER,
  /** Copying or comparing the contents of pages, and starting to write them back. */
  CONTENT,
  /** Waiting for hardware that propagates an invalidation by itself: DSB, TLBSYNC. */
  BROADCAST_WAIT,
  /** Doing again what an invalidation overtook. */
  RETRY,
  /** Not running: a hypervisor gave the physical CPU to somebody else. */
  PREEMPTED
}
