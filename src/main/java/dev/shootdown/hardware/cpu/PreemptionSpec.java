package dev.shootdown.hardware.cpu;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Settings;

/**
 * When a hypervisor takes the physical CPU away from this one. Times in ps.
 *
 * @param firstPs when it does so for the first time
 * @param everyPs from one time to the next; 0 for once only
 * @param lengthPs how long each time; 0 for never at all
 */
public record PreemptionSpec(long firstPs, long everyPs, long lengthPs) implements Checked {
  /** A CPU of its own, or a vCPU that always runs. */
  public static final PreemptionSpec NEVER = new PreemptionSpec(0, 0, 0);

  @Override
  public void check(Settings at) {
    if (everyPs > 0 && lengthPs >= everyPs) {
      at.problem("length", "must be shorter than every, or the CPU never runs");
    }
  }
}
