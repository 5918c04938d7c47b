package dev.shootdown.hardware.ats;

import java.util.List;

/**
 * All that a device is to transfer.
 *
 * @param jobs transfers that repeat
 * @param trace transfers at given times
 */
public record DmaWork(List<DmaJob> jobs, DmaTrace trace) {
  /** Copies the list. */
  public DmaWork {
    jobs = List.copyOf(jobs);
  }

  /** Jobs alone. */
  public static DmaWork of(List<DmaJob> jobs) {
    return new DmaWork(jobs, DmaTrace.NONE);
  }
}
