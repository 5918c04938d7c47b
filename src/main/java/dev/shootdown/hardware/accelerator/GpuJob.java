package dev.shootdown.hardware.accelerator;

/**
 * A job on a GPU: accesses to one page, one after the other.
 *
 * @param atPs when it is submitted, in ps
 * @param page page number in the process
 * @param write whether it writes
 * @param count how many accesses, ≥ 1
 * @param everyPs from one access to the next, in ps
 */
public record GpuJob(long atPs, long page, boolean write, int count, long everyPs) {
  /** Refuses a job of no accesses. */
  public GpuJob {
    if (count < 1) {
      throw new IllegalArgumentException("a job has at least one access, not " + count);
    }
  }
}
