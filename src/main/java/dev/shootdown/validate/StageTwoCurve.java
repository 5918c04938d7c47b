package dev.shootdown.validate;

import java.util.ArrayList;
import java.util.List;

/**
 * C7: a guest's memory is taken away on arm64, with a broadcast invalidation for each entry of the
 * second stage.
 *
 * <p>Published are whole guests of 1 to 128 GB. The model takes 256 and 1,024 pages away, and its
 * time a page is held against theirs: the slope of the straight line through all sizes, and that of
 * each step from one size to the next.
 */
final class StageTwoCurve implements Curve {
  private static final double TOLERANCE = 0.05;
  private static final double PS_PER_US = 1e6;
  private static final double US_PER_S = 1e6;
  private static final double PAGES_PER_GB = 1 << 18;
  private static final int FEW = 256;
  private static final int MANY = 1024;
  private static final String FITTED_TO = "8";

  @Override
  public String item() {
    return "C7";
  }

  @Override
  public String title() {
    return "Second stage taken away, an invalidation per entry, arm64 KVM (Ananta 2023)";
  }

  @Override
  public int runs() {
    return 2;
  }

  @Override
  public Outcome on(Workbench bench) {
    double us = (zapUs(bench, MANY) - zapUs(bench, FEW)) / (MANY - FEW);
    List<Published> totals = PublishedFile.shipped("c7");
    List<Point> points = new ArrayList<>();
    points.add(
        new Point(
            "slope", perPage("KVMARM.unmap.slope", "1 to 128", totals.get(0), slope(totals)), us,
            false, TOLERANCE));
    for (int i = 1; i < totals.size(); i++) {
      Published before = totals.get(i - 1);
      Published total = totals.get(i);
      double step = (total.value() - before.value()) / (gb(total) - gb(before));
      points.add(
          new Point(
              "step, shown",
              perPage(total.id() + ".step", before.x() + " to " + total.x(), total, step), us,
              total.x().equals(FITTED_TO), Double.POSITIVE_INFINITY));
    }
    return new Outcome(
        item(), title(), "arm64-kvm-host",
        Outcome.Goal.eachPoint("slope over all sizes within 5 %; steps between sizes shown"),
        points, List.of());
  }

  private static Published perPage(String id, String x, Published of, double secondsPerGb) {
    return new Published(
        id, of.source(), x, "GB", secondsPerGb * US_PER_S / PAGES_PER_GB, "us a page",
        of.setting());
  }

  /** Of the straight line with the least squares of the errors, in s/GB. */
  private static double slope(List<Published> totals) {
    double x = totals.stream().mapToDouble(StageTwoCurve::gb).average().orElseThrow();
    double y = totals.stream().mapToDouble(Published::value).average().orElseThrow();
    double xx = 0;
    double xy = 0;
    for (Published total : totals) {
      xx += (gb(total) - x) * (gb(total) - x);
      xy += (gb(total) - x) * (total.value() - y);
    }
    return xy / xx;
  }

  private static double gb(Published total) {
    return Double.parseDouble(total.x());
  }

  /** Taking {@code pages} away that a vCPU has touched. */
  static double zapUs(Workbench bench, int pages) {
    return bench
            .run(
                "arm64-kvm-host",
                List.of(
                    "tune.vcpu0.do=[\"touch 0x40000 " + pages + " write\"]",
                    Work.process("", List.of(Work.area(0, pages, ""))),
                    Work.workload(
                        List.of(Work.cpu(0, List.of("spin-until 10ms", "zap-guest a0"))))))
            .rows("zap-guest")
            .get(0)
            .elapsedPs()
        / PS_PER_US;
  }
}
