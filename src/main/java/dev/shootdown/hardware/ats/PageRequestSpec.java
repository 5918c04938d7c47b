package dev.shootdown.hardware.ats;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;
import dev.shootdown.protocol.Ats;

/**
 * A device's page requests (PRI).
 *
 * @param capacity how many requests the device can have outstanding (Outstanding Page Request
 *     Capacity); 0 for a device without PRI
 * @param allocation how many of them software lets it have; 0 leaves PRI switched off
 * @param groupPages how many pages of one PASID that wait at the same time share a group
 * @param refaultsMax how many times in a row a page may fail after a successful answer before the
 *     device gives up and fails; 0 for never
 * @param retryDelayPs from the answer to the next try, in ps
 * @param undefinedCode what a response code stands for that the specification doesn't define, such
 *     as the 2 that Linux's x86 drivers write for a failure
 * @param stopMarker whether the device says when it has stopped using a PASID
 */
public record PageRequestSpec(
    @Limits(min = 0, max = 1 << 20) int capacity,
    @Limits(min = 0, max = 1 << 20) int allocation,
    @Limits(min = 1, max = Ats.GROUPS) int groupPages,
    @Limits(min = 0, max = 1 << 20) int refaultsMax,
    long retryDelayPs,
    UndefinedCode undefinedCode,
    boolean stopMarker) implements Checked {
  /** What a device makes of a response code that is not defined. */
  public enum UndefinedCode {
    /** This access is not tried again. */
    INVALID_REQUEST,
    /** Page requests end altogether. */
    RESPONSE_FAILURE
  }

  /** A device without PRI. */
  public static final PageRequestSpec NONE =
      new PageRequestSpec(0, 0, 1, 0, 0, UndefinedCode.RESPONSE_FAILURE, false);

  /** Whether the device may ask for pages. */
  public boolean isEnabled() {
    return allocation > 0;
  }

  @Override
  public void check(Settings at) {
    if (allocation > capacity) {
      at.problem("allocation", "must be at most the capacity (" + capacity + ")");
    }
    if (stopMarker && allocation == 0) {
      at.problem("stop-marker", "is a page request, and the device is allowed none");
    }
  }
}
