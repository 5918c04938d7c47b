package dev.shootdown.validate;

/**
 * Where a curve changes its nature, in the published figures and in the model's.
 *
 * @param what which change
 * @param published the x at which it happens; empty if it doesn't
 * @param predicted the same in the model
 */
public record Crossing(String what, String published, String predicted) {
  /** Whether both are at the same x. */
  public boolean agrees() {
    return published.equals(predicted);
  }
}
