package dev.shootdown.validate;

import dev.shootdown.check.LedgerRow;
import java.util.ArrayList;
import java.util.List;

/**
 * C2: a loop of MADV_DONTNEED and touch of one page while the other threads spin in user mode.
 *
 * <p>What is measured is from one call to the next, the page fault included. The model's
 * initiator flushes its own TLB while the others work, as Linux does since 5.13; the measured
 * kernel did one after the other. The difference is inside the derived interrupt latency.
 */
final class SerialShootdownCurve implements Curve {
  private static final double TOLERANCE = 0.05;
  private static final int CALLS = 20;
  private static final double PS_PER_NS = 1000;

  @Override
  public String item() {
    return "C2";
  }

  @Override
  public String title() {
    return "MADV_DONTNEED and touch of one page against threads, Haswell (Amit 2019)";
  }

  @Override
  public int runs() {
    return 3;
  }

  @Override
  public Outcome on(Workbench bench) {
    List<Point> points = new ArrayList<>();
    for (Published published : PublishedFile.shipped("c2")) {
      double ns = iterationNs(bench, Integer.parseInt(published.x()));
      points.add(new Point("serial", published, ns, true, TOLERANCE));
    }
    return new Outcome(
        item(), title(), "haswell-1-socket",
        Outcome.Goal.eachPoint("each point within 5 %; three figures fixed by three points"),
        points, List.of());
  }

  private double iterationNs(Workbench bench, int threads) {
    List<String> cpus = new ArrayList<>();
    cpus.add(
        Work.cpu(
            0,
            List.of(
                "touch a0 write", "spin-until 100us",
                "repeat " + CALLS + " dontneed a0; touch a0 write")));
    for (int i = 1; i < threads; i++) {
      cpus.add(Work.cpu(i, List.of("touch a0 read", "spin-until 1ms")));
    }
    List<LedgerRow> rows =
        bench
            .run(
                "haswell-1-socket",
                List.of(
                    Work.process("", List.of(Work.area(0, 1, ""))), Work.workload(cpus)))
            .rows("dontneed");
    long firstPs = rows.get(0).beganPs();
    long lastPs = rows.get(rows.size() - 1).beganPs();
    return (lastPs - firstPs) / PS_PER_NS / (rows.size() - 1);
  }
}
