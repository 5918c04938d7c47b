package dev.shootdown.kernel.notifier;

import dev.shootdown.protocol.Program;

/**
 * What gives a PASID to an address space, and takes it back so that another can have it: the steps
 * of {@code iommu_sva_bind_device} and {@code iommu_sva_unbind_device} (Linux 6.12, iommu-sva.c,
 * intel/pasid.c, intel/prq.c), each for all IOMMUs that the address space is bound behind.
 */
public interface PasidRules {
  /** No address space gets a PASID: each has its number, for ever. */
  PasidRules NONE = (act, operation, mm) -> {
    throw new IllegalStateException("address space " + mm + " has no PASID to " + act);
  };

  /** One step. */
  enum Act {
    /** The PASID stands for the address space: software knows, and its entry names the table. */
    BIND,
    /** Its entry names no table any more; page requests are served as before. */
    CLEAR,
    /**
     * IOTLBs and devices forget all of it, behind a fence, and page requests that are under way
     * stand in the log.
     */
    FLUSH,
    /** No page request of it is left that the threads have to answer. */
    DRAIN,
    /** Software gives it back: page requests of it are invalid until another has it. */
    FREE
  }

  /** Does {@code act} with the PASID of {@code mm} for {@code operation}. */
  Program act(Act act, long operation, int mm);
}
