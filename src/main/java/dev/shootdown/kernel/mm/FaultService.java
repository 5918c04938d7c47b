package dev.shootdown.kernel.mm;

import dev.shootdown.kernel.notifier.FaultHandlers;

/** Serves faults for devices and vCPUs on whichever CPU the worker runs. */
public final class FaultService implements FaultHandlers {
  private final KernelSetup setup;

  /** Faults are handled in this kernel, with the flush rules of the worker's CPU. */
  public FaultService(KernelSetup setup) {
    this.setup = setup;
  }

  @Override
  public Fault fault(int mm, long page, boolean write) {
    return new FaultProgram(mm, page, write, setup);
  }
}
