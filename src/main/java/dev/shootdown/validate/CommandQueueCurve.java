package dev.shootdown.validate;

import dev.shootdown.check.LedgerRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * C6: CPUs map and unmap a page each, again and again, and all insert into one command queue; with
 * compare-and-swap as Linux does, and with fetch-and-add, which was proposed.
 *
 * <p>The first quarter of what each CPU does finds the others not yet competing, and what comes
 * after the first of them is done finds fewer; what is between them counts.
 */
final class CommandQueueCurve implements Curve {
  private static final double TOLERANCE = 0.20;
  private static final double K_PER_PS = 1e9;
  private static final String CAS = "cas";
  private static final String FETCH_ADD = "fetch-add";
  private static final String GOAL = "SMMUCMDQ2.cas.";
  private static final List<String> FITTED =
      List.of(
          "SMMUCMDQ2.cas.16", "SMMUCMDQ2.cas.64", "SMMUCMDQ3.cas.2", "SMMUCMDQ3.cas.4",
          "SMMUCMDQ2.add.16");
  private static final int ROUNDS = 40;
  private static final int WARM_UP = 10;

  @Override
  public String item() {
    return "C6";
  }

  @Override
  public String title() {
    return "DMA map and unmap a CPU, one SMMUv3 command queue, strict (Garry 2020)";
  }

  @Override
  public int runs() {
    return 11;
  }

  @Override
  public Outcome on(Workbench bench) {
    List<Point> points = new ArrayList<>();
    for (Published published : PublishedFile.shipped("c6")) {
      String insertion = published.id().contains(".add.") ? FETCH_ADD : CAS;
      boolean judged = published.id().startsWith(GOAL);
      points.add(
          new Point(
              insertion + (judged ? "" : ", shown"), published,
              kiloPerCpu(bench, Integer.parseInt(published.x()), insertion),
              FITTED.contains(published.id()), judged ? TOLERANCE : Double.POSITIVE_INFINITY));
    }
    return new Outcome(
        item(), title(), "kunpeng-d06",
        Outcome.Goal.eachPoint("compare-and-swap on 8 to 64 CPUs within 20 %, the total falling"),
        points, List.of(total(points)));
  }

  /** Thousands of pairs that each of {@code cpus} does in a second, while all are at it. */
  static double kiloPerCpu(Workbench bench, int cpus, String insertion) {
    List<String> areas = new ArrayList<>();
    List<String> work = new ArrayList<>();
    for (int cpu = 0; cpu < cpus; cpu++) {
      areas.add(Work.area(cpu, ROUNDS, ",mapped=true"));
      List<String> lines = new ArrayList<>();
      for (int page = 0; page < ROUNDS; page++) {
        lines.add("dma-map-unmap a" + cpu + " " + page + " 1");
      }
      work.add(Work.cpu(cpu, lines));
    }
    List<LedgerRow> rows =
        bench
            .run(
                "kunpeng-d06",
                List.of(
                    "kernel.smmu.insertion=" + insertion, Work.process("nic0", areas),
                    Work.workload(work)))
            .rows("dma-map-unmap");
    return K_PER_PS * rate(rows) / cpus;
  }

  /** Pairs in a ps, while all of {@code cpus} have begun and none has come to its end. */
  private static double rate(List<LedgerRow> rows) {
    Map<String, Integer> done = new TreeMap<>();
    long fromPs = 0;
    long untilPs = Long.MAX_VALUE;
    for (LedgerRow row : rows) {
      int nth = done.merge(row.cpu(), 1, Integer::sum);
      if (nth == WARM_UP) {
        fromPs = Math.max(fromPs, row.beganPs() + row.elapsedPs());
      } else if (nth == ROUNDS) {
        untilPs = Math.min(untilPs, row.beganPs() + row.elapsedPs());
      }
    }
    long first = fromPs;
    long last = untilPs;
    long count =
        rows.stream().mapToLong(row -> row.beganPs() + row.elapsedPs())
            .filter(atPs -> atPs > first && atPs <= last).count();
    return count / (double) (last - first);
  }

  /** How the total changes from each number of CPUs to the next. */
  private static Crossing total(List<Point> points) {
    StringJoiner published = new StringJoiner(" ");
    StringJoiner predicted = new StringJoiner(" ");
    Point before = null;
    for (Point point : points) {
      if (point.isJudged()) {
        if (before != null) {
          published.add(change(before, point, each -> each.published().value()));
          predicted.add(change(before, point, Point::predicted));
        }
        before = point;
      }
    }
    return new Crossing(
        "total of all CPUs with CAS, from 8 to 64", published.toString(), predicted.toString());
  }

  private static String change(Point one, Point other, ToDoubleFunction<Point> perCpu) {
    return total(one, perCpu) > total(other, perCpu) ? "falls" : "rises";
  }

  private static double total(Point point, ToDoubleFunction<Point> perCpu) {
    return perCpu.applyAsDouble(point) * Integer.parseInt(point.published().x());
  }
}
