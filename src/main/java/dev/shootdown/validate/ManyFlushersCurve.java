package dev.shootdown.validate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * C5: n threads of one process, each with 1 MiB of its own, in a loop: write a page, give it back
 * with MADV_DONTNEED, read it; after 256 pages munmap and mmap (will-it-scale, tlb_flush2_threads).
 * With interrupts, with INVLPGB, and in a kernel that puts new pages on the LRU lists in each call.
 *
 * <p>All loops of all threads count, from the moment when each thread has done a few until the
 * first one is done. Threads begin at different pages, so that their munmaps are spread.
 */
final class ManyFlushersCurve implements Curve {
  private static final String INTERRUPTS = "milan-72";
  private static final String BROADCAST = "milan-72-invlpgb";
  private static final List<String> FITTED =
      List.of(
          "INVLPGB.ipi.1", "INVLPGB.ipi.16", "INVLPGB.broadcast.16", "INVLPGB.cores.vanilla");
  private static final List<String> DRAINING =
      List.of("INVLPGB.cores.vanilla", "INVLPGB.cores.broadcast-drain");
  private static final double TOLERANCE = 0.20;
  private static final int PAGES = 256;
  private static final int LOOPS = 320;
  private static final int LOOPS_MIN = 24;
  private static final int WARM_UP = 2;
  private static final double KILO = 1e3;

  @Override
  public String item() {
    return "C5";
  }

  @Override
  public String title() {
    return "MADV_DONTNEED loops on one mm against threads, Milan, 72 CPUs (van Riel 2025)";
  }

  @Override
  public int runs() {
    return 20;
  }

  @Override
  public Outcome on(Workbench bench) {
    List<Point> points = new ArrayList<>();
    for (Published published : PublishedFile.shipped("c5")) {
      boolean broadcast = published.id().contains("broadcast");
      boolean drains = DRAINING.contains(published.id());
      double kiloLoops =
          kiloLoops(
              bench, broadcast ? BROADCAST : INTERRUPTS, Integer.parseInt(published.x()),
              drains ? "dontneed-drains" : "dontneed");
      points.add(
          new Point(
              (broadcast ? "INVLPGB" : "interrupts") + (drains ? ", drains" : ""), published,
              kiloLoops, FITTED.contains(published.id()),
              broadcast ? Double.POSITIVE_INFINITY : TOLERANCE));
    }
    return new Outcome(
        item(), title(), INTERRUPTS,
        Outcome.Goal.eachPoint("each point with interrupts within 20 %; INVLPGB shown only"),
        points, List.of());
  }

  /** Thousands of loops a second of all threads together. */
  double kiloLoops(Workbench bench, String machine, int threads, String path) {
    int loops = Math.max(LOOPS_MIN, LOOPS / threads);
    List<String> areas = new ArrayList<>();
    List<String> cpus = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      areas.add(
          String.format(
              Locale.ROOT, "{name=a%d,at=\"0x%x\",pages=%d,mapped=false}", i,
              0x7f0000000000L + ((long) i << 20), PAGES));
      cpus.add(Work.cpu(i, lines(i, threads, loops, path)));
    }
    return Pace.perSecond(
            bench.run(machine, List.of(Work.process("", areas), Work.workload(cpus))).rows(path),
            WARM_UP)
        / KILO;
  }

  private static List<String> lines(int thread, int threads, int loops, String path) {
    String area = "a" + thread;
    List<String> lines = new ArrayList<>();
    if (threads > 1) {
      lines.add("barrier ready " + threads);
    }
    int done = 0;
    int untilRemap = PAGES - thread * PAGES / threads;
    while (done < loops) {
      int more = Math.min(loops - done, untilRemap);
      lines.add(
          String.format(
              Locale.ROOT, "repeat %d touch %s 0 1 write; %s %s 0 1; read-zero %s 0 1", more,
              area, path, area, area));
      done += more;
      untilRemap -= more;
      if (untilRemap == 0) {
        lines.add("remap " + area);
        untilRemap = PAGES;
      }
    }
    return lines;
  }
}
