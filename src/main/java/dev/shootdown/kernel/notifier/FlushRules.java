package dev.shootdown.kernel.notifier;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Program;

/** The two flushes that a path can call for, as the architecture and the IOMMU driver do them. */
public interface FlushRules {
  /**
   * What is to be flushed.
   *
   * @param operation the operation that wants it
   * @param freedTables whether page-table pages may be freed, which concerns lazy CPUs as well
   */
  record Job(long operation, int mm, PageRange range, boolean freedTables) {}

  /** CPU-FLUSH: returns when no CPU holds the range; in era C it flushes secondary TLBs as well. */
  Program cpuFlush(Job job);

  /** SEC-INV: returns when no IOMMU and no device holds the range. */
  Program secondaryFlush(Job job);
}
