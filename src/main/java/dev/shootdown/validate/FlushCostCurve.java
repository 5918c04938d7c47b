package dev.shootdown.validate;

import java.util.ArrayList;
import java.util.List;

/**
 * C1: cycles of a flush against its pages, page by page and full.
 *
 * <p>One CPU unmaps areas of 1 to 35 pages one after the other; what is measured is each flush, as
 * the kernel's tracepoints do. The ceiling is set out of the way; for the full flush it is back.
 */
final class FlushCostCurve implements Curve {
  private static final double CYCLES_PER_PS = 2.6e-3;
  private static final double RMS_MAX = 0.08;
  private static final String FULL = "all";
  private static final int FULL_PAGES = 64;

  @Override
  public String item() {
    return "C1";
  }

  @Override
  public String title() {
    return "Flush of one CPU against pages, Ivy Bridge (Hansen 2014)";
  }

  @Override
  public int runs() {
    return 2;
  }

  @Override
  public Outcome on(Workbench bench) {
    List<Published> published = PublishedFile.shipped("c1");
    List<Published> ranges = published.stream().filter(p -> !p.x().equals(FULL)).toList();
    List<Integer> sizes = ranges.stream().map(p -> Integer.parseInt(p.x())).toList();
    List<Long> byPage = flushes(bench, sizes, 2 * FULL_PAGES);
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i++) {
      points.add(point("page by page", ranges.get(i), byPage.get(i)));
    }
    for (Published full : published) {
      if (full.x().equals(FULL)) {
        points.add(point("full", full, flushes(bench, List.of(FULL_PAGES), 33).get(0)));
      }
    }
    return new Outcome(
        item(), title(), "ivy-bridge-laptop",
        new Outcome.Goal("rms of the relative errors at most 8 %", RMS_MAX), points,
        List.of(dearer(points)));
  }

  private static Point point(String series, Published published, long ps) {
    return new Point(series, published, ps * CYCLES_PER_PS, true, Double.POSITIVE_INFINITY);
  }

  private List<Long> flushes(Workbench bench, List<Integer> sizes, int ceiling) {
    List<String> areas = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i++) {
      areas.add(Work.area(i, sizes.get(i), ""));
      lines.add("touch a" + i + " write");
    }
    for (int i = 0; i < sizes.size(); i++) {
      lines.add("munmap a" + i);
    }
    return bench
        .run(
            "ivy-bridge-laptop",
            List.of(
                "kernel.flush-ceiling=" + ceiling, Work.process("", areas),
                Work.workload(List.of(Work.cpu(0, lines)))))
        .flushesPs();
  }

  /** From how many pages on a flush page by page takes longer than a full one. */
  private static Crossing dearer(List<Point> points) {
    Point full = points.get(points.size() - 1);
    String published = "";
    String predicted = "";
    for (Point point : points.subList(0, points.size() - 1)) {
      if (published.isEmpty() && point.published().value() > full.published().value()) {
        published = point.published().x();
      }
      if (predicted.isEmpty() && point.predicted() > full.predicted()) {
        predicted = point.published().x();
      }
    }
    return new Crossing(
        "pages from which page by page takes longer than a full flush, refills not counted",
        published, predicted);
  }
}
