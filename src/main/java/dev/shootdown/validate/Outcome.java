package dev.shootdown.validate;

import java.util.List;

/**
 * What came out for one calibration item.
 *
 * @param item such as {@code C1}
 * @param title one line
 * @param machine the profile
 * @param goal what the item is held to
 * @param points every published figure, in order
 * @param crossings where the curve changes its nature
 */
public record Outcome(
    String item, String title, String machine, Goal goal, List<Point> points,
    List<Crossing> crossings) {
  /**
   * What an item is held to, besides each point's own tolerance.
   *
   * @param text for people
   * @param rmsMax root mean square of the relative errors; infinite for no limit
   */
  public record Goal(String text, double rmsMax) {
    /** Each point has a tolerance, and that is all. */
    public static Goal eachPoint(String text) {
      return new Goal(text, Double.POSITIVE_INFINITY);
    }
  }

  public Outcome {
    points = List.copyOf(points);
    crossings = List.copyOf(crossings);
  }

  /** Root mean square of the relative errors. */
  public double rms() {
    double sum = 0;
    for (Point point : points) {
      sum += point.error() * point.error();
    }
    return Math.sqrt(sum / points.size());
  }

  /** How many judged points are out of tolerance. */
  public long missed() {
    return points.stream().filter(Point::isMissed).count();
  }

  /** Whether the item keeps to its goal. */
  public boolean isMet() {
    return missed() == 0 && rms() <= goal.rmsMax();
  }

  /** Spearman's correlation of published and predicted; NaN with fewer than three points. */
  public double rankCorrelation() {
    return Ranks.correlation(
        points.stream().mapToDouble(point -> point.published().value()).toArray(),
        points.stream().mapToDouble(Point::predicted).toArray());
  }
}
