package dev.shootdown.validate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** M1: munmap and MADV_DONTNEED by size in a 2-vCPU guest, see {@link GuestValidation}. */
final class GuestCurve implements Curve {
  private static final double TOLERANCE = 0.15;

  @Override
  public String item() {
    return "M1";
  }

  @Override
  public String title() {
    return "munmap and MADV_DONTNEED against pages, KVM guest with two vCPUs (measured)";
  }

  @Override
  public int runs() {
    return 81;
  }

  @Override
  public Outcome on(Workbench bench) {
    List<Point> points = new ArrayList<>();
    for (GuestValidation.Point point : new GuestValidation(bench).points()) {
      String series = point.operation() + " " + point.mode();
      Published published =
          new Published(
              "M1." + series.replace(' ', '.') + "." + point.pages(), "measured-shootdown.csv",
              Integer.toString(point.pages()), "pages", point.measuredNs(), "ns",
              "medians of nine runs, Linux 6.18; partner " + point.mode());
      points.add(new Point(series, published, point.predictedNs(), point.fitted(), TOLERANCE));
    }
    return new Outcome(
        item(), title(), "guest-2vcpu",
        Outcome.Goal.eachPoint("medians within 15 %; 1, 8, 33, 34 and 128 pages fix the profile"),
        points, crossings(points));
  }

  /** Whether 34 pages are cheaper than 33, in each series: a full flush instead of 33 INVLPGs. */
  private static List<Crossing> crossings(List<Point> points) {
    Map<String, Point> last = new TreeMap<>();
    List<Crossing> crossings = new ArrayList<>();
    for (Point point : points) {
      Point before = last.put(point.series(), point);
      if (before != null && before.published().x().equals("33")
          && point.published().x().equals("34")) {
        crossings.add(
            new Crossing(
                point.series() + ": 34 pages against 33",
                direction(before.published().value(), point.published().value()),
                direction(before.predicted(), point.predicted())));
      }
    }
    return crossings;
  }

  private static String direction(double before, double after) {
    return after < before ? "cheaper" : "dearer";
  }
}
