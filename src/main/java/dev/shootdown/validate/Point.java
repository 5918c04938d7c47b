package dev.shootdown.validate;

/**
 * A published figure beside the model's.
 *
 * @param series which line of the chart it belongs to
 * @param predicted what the model gives, in the unit of the published figure
 * @param fitted whether a parameter of the machine was derived from it
 * @param tolerance relative error that it may have; infinite if it is shown and not judged
 */
public record Point(
    String series, Published published, double predicted, boolean fitted, double tolerance) {
  /** Prediction over measurement, minus one. */
  public double error() {
    return predicted / published.value() - 1;
  }

  /** Whether the error counts at all. */
  public boolean isJudged() {
    return !Double.isInfinite(tolerance);
  }

  /** Whether the error is larger than allowed. */
  public boolean isMissed() {
    return Math.abs(error()) > tolerance;
  }
}
