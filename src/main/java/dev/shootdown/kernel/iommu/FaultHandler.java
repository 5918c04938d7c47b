package dev.shootdown.kernel.iommu;

import dev.shootdown.protocol.Program;

/** Memory management's half of a device's page fault (Linux: iommu_sva_handle_mm). */
public interface FaultHandler {
  /** How it went. */
  enum Result {
    /** The page was there when the handler looked. */
    SUCCESS,
    /** The access is not allowed, or there is nothing at this address. */
    INVALID,
    /** Memory management is in no state to tell. */
    FAILURE
  }

  /** One page being served. */
  interface Serving {
    /** What has to run. */
    Program program();

    /** How it went; asked when the program is over. */
    Result result();
  }

  /** Serves {@code want} of address space {@code mm}. */
  Serving serve(int mm, PageFault.Want want);
}
