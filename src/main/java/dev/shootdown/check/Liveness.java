package dev.shootdown.check;

import java.util.List;

/**
 * How faults of devices and vCPUs fared.
 *
 * @param faults raised
 * @param open not over when the run was
 * @param failed whose device gave up or broke
 * @param retries how often accesses were tried again
 * @param stallMaxPs the longest from raising to the end of one that ended, in ps
 * @param deviceFailures what devices stated when they stopped working, the first hundred
 */
public record Liveness(
    long faults, long open, long failed, Retries retries, long stallMaxPs,
    List<String> deviceFailures) {
  /** Of a run without faults. */
  public static final Liveness NONE = new Liveness(0, 0, 0, new Retries(0, 0), 0, List.of());

  /**
   * Accesses tried again after an answer.
   *
   * @param total over all faults
   * @param max the most of one fault
   */
  public record Retries(long total, long max) {}
}
