package dev.shootdown.validate;

import java.util.ArrayList;
import java.util.List;

/**
 * C8: a page that all cores of two sockets have touched is unmapped; and the same with a single
 * core of the other socket, which is what an interrupt takes.
 */
final class CrossSocketCurve implements Curve {
  private static final double TOLERANCE = 0.20;
  private static final double PS_PER_US = 1e6;
  private static final String ONE_INTERRUPT = "LATR.ipi.16";
  private static final int CORES = 16;
  private static final int FIRST_OF_OTHER_SOCKET = 8;

  @Override
  public String item() {
    return "C8";
  }

  @Override
  public String title() {
    return "Shootdown of one page over two sockets, sixteen cores (LATR 2018)";
  }

  @Override
  public int runs() {
    return 2;
  }

  @Override
  public Outcome on(Workbench bench) {
    List<Point> points = new ArrayList<>();
    for (Published published : PublishedFile.shipped("c8")) {
      boolean one = published.id().equals(ONE_INTERRUPT);
      double us =
          one ? flushUs(bench, FIRST_OF_OTHER_SOCKET, FIRST_OF_OTHER_SOCKET)
              : flushUs(bench, 1, CORES - 1);
      points.add(
          new Point(one ? "one interrupt" : "shootdown", published, us, one, TOLERANCE));
    }
    return new Outcome(
        item(), title(), "two-socket-16", Outcome.Goal.eachPoint("each point within 20 %"),
        points, List.of());
  }

  /** A flush of one page that the CPUs {@code first} to {@code last} hold as well. */
  private double flushUs(Workbench bench, int first, int last) {
    List<String> cpus = new ArrayList<>();
    cpus.add(Work.cpu(0, List.of("touch a0 write", "spin-until 100us", "munmap a0")));
    for (int i = first; i <= last; i++) {
      cpus.add(Work.cpu(i, List.of("touch a0 read", "spin-until 300us")));
    }
    return bench
            .run(
                "two-socket-16",
                List.of(
                    Work.process("", List.of(Work.area(0, 1, ""))), Work.workload(cpus)))
            .flushesPs()
            .get(0)
        / PS_PER_US;
  }
}
