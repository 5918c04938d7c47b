package dev.shootdown.kernel.iommu;

import dev.shootdown.protocol.Program;

/** Where a thread of the kernel gets page requests from. */
public interface PageRequests {
  /** The step that takes the next one, and waits for it if there is none. */
  Program.Step take();

  /** What {@code outcome} of that step brought. */
  PageFault read(Program.Outcome outcome);
}
