package dev.shootdown.kernel.notifier;

import dev.shootdown.protocol.Program;

/**
 * How software serves a fault for somebody else: a device's page request, or a vCPU's.
 *
 * <p>The handler looks the area up under mmap_lock, checks the permission and handles the fault as
 * for a CPU; it never looks at notifier brackets (Linux {@code iommu_sva_handle_mm}).
 */
@FunctionalInterface
public interface FaultHandlers {
  /** How it went. */
  enum Answer {
    /** The page may be used now, or the access is worth another try. */
    SERVED,
    /** No area allows the access. */
    REFUSED
  }

  /** A fault being handled: run it as a step of the worker's program, then ask for the answer. */
  interface Fault extends Program {
    /** How it went; meaningful once the program has finished. */
    Answer answer();
  }

  /** The handling of an access to {@code page} of address space {@code mm}. */
  Fault fault(int mm, long page, boolean write);
}
