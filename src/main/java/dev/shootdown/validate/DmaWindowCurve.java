package dev.shootdown.validate;

import dev.shootdown.engine.Dice;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * C3 and C4: a device reads 64 B from random pages of a window, one read at a time or 32.
 *
 * <p>The first quarter of the reads fills the IOTLB, and the last 64 may find the device idle; what
 * is between them counts. Fitted on the windows that fix a parameter of the machine: without
 * misses, at the edge, and far beyond it.
 */
final class DmaWindowCurve implements Curve {
  private static final int READS = 4000;
  private static final int WARM_UP = 1000;
  private static final int TAIL = 64;
  private static final long SEED = 2018;
  private static final double PS_PER_NS = 1000;
  private static final double MEGA_PER_PS = 1e6;
  private static final int JUDGED_KIB_MAX = 16384;

  private final boolean rate;

  private DmaWindowCurve(boolean rate) {
    this.rate = rate;
  }

  /** Time of a read with nothing else under way. */
  static DmaWindowCurve latency() {
    return new DmaWindowCurve(false);
  }

  /** Reads a second with 32 under way; the card starts one each 15.8 ns at most. */
  static DmaWindowCurve rate() {
    return new DmaWindowCurve(true);
  }

  @Override
  public String item() {
    return rate ? "C4" : "C3";
  }

  @Override
  public String title() {
    return rate
        ? "64 B DMA reads a second against window, 32 under way, Broadwell (pcie-bench 2018)"
        : "64 B DMA read against window, one under way, Broadwell (pcie-bench 2018)";
  }

  @Override
  public int runs() {
    return rate ? 13 : 14;
  }

  @Override
  public Outcome on(Workbench bench) {
    List<Point> points = new ArrayList<>();
    for (Published published : PublishedFile.shipped(rate ? "c4" : "c3")) {
      double perReadPs = perReadPs(bench, Work.pages(published.x()));
      points.add(
          new Point(
              rate ? "rate" : "latency", published,
              rate ? MEGA_PER_PS / perReadPs : perReadPs / PS_PER_NS,
              isFitted(published.x()), tolerance(Integer.parseInt(published.x()))));
    }
    return new Outcome(
        item(), title(), "broadwell-nic",
        Outcome.Goal.eachPoint(
            rate
                ? "within 10 %, within 20 % at the knee (512 KiB to 1.5 MiB)"
                : "within 2 % up to 16 MiB; beyond, shown only"),
        points, List.of(edge(points)));
  }

  private boolean isFitted(String kib) {
    return rate ? List.of("256", "65536").contains(kib)
        : List.of("16", "512", "1024", "8192").contains(kib);
  }

  private double tolerance(int kib) {
    if (rate) {
      return kib >= 512 && kib <= 1536 ? 0.20 : 0.10;
    }
    return kib <= JUDGED_KIB_MAX ? 0.02 : Double.POSITIVE_INFINITY;
  }

  /** M reads a second from {@code pages} at random, 32 under way. */
  static double megaPerSecond(Workbench bench, int pages) {
    return MEGA_PER_PS / rate().perReadPs(bench, pages);
  }

  private double perReadPs(Workbench bench, int pages) {
    Dice dice = Dice.of(SEED, "window-" + pages);
    StringBuilder dma = new StringBuilder("dma=[");
    for (int i = 0; i < READS; i++) {
      long atPs = rate ? atPs(i) : 1_000_000;
      dma.append("{device=nic0,process=app,area=a0,access=read,page=").append(dice.below(pages))
          .append(",at=").append(atPs).append("ps},");
    }
    List<Long> doneAtPs =
        bench
            .run(
                "broadwell-nic",
                List.of(
                    "parts.dma-device.outstanding-max=" + (rate ? 32 : 1),
                    Work.process("nic0", List.of(Work.area(0, pages, ",mapped=true"))),
                    dma.append("]").toString()))
            .transfersAtPs();
    int last = doneAtPs.size() - TAIL;
    return (doneAtPs.get(last) - doneAtPs.get(WARM_UP)) / (double) (last - WARM_UP);
  }

  /** Slow enough while the IOTLB fills that no reads pile up; then the card's pace. */
  private static long atPs(int read) {
    return 1_000_000 + 100_000L * Math.min(read, WARM_UP)
        + 15_800L * Math.max(0, read - WARM_UP);
  }

  /** The first window that is clearly worse than the smallest one. */
  private Crossing edge(List<Point> points) {
    return new Crossing(
        "KiB of the first window over 2 % worse than the smallest",
        worse(points, point -> point.published().value()), worse(points, Point::predicted));
  }

  private String worse(List<Point> points, ToDoubleFunction<Point> of) {
    for (Point point : points) {
      double ratio = of.applyAsDouble(point) / of.applyAsDouble(points.get(0));
      if (rate ? ratio < 0.98 : ratio > 1.02) {
        return point.published().x();
      }
    }
    return "";
  }
}
