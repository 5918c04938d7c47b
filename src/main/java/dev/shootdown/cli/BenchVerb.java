package dev.shootdown.cli;

import dev.shootdown.bench.PartsBench;
import dev.shootdown.bench.PholdBench;
import dev.shootdown.report.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measures and prints. */
final class BenchVerb {
  private static final long QUICK_EVENTS = 200_000;
  private static final int QUICK_SIZES = 2;
  private static final int PARTS_REPEATS = 3;

  private final Terminal terminal;

  BenchVerb(Terminal terminal) {
    this.terminal = terminal;
  }

  /** PHOLD at the published sizes. */
  int phold(boolean json, int runs, long events, boolean quick) {
    PholdBench bench =
        new PholdBench(
            System::nanoTime, line -> terminal.err().println("measured " + line),
            quick ? 1 : runs, quick ? Math.min(events, QUICK_EVENTS) : events);
    List<PholdBench.Case> cases = PholdBench.published();
    List<PholdBench.Row> rows = new ArrayList<>();
    for (PholdBench.Case each : quick ? cases.subList(0, QUICK_SIZES) : cases) {
      rows.add(bench.measure(each));
    }
    terminal.out().print(json ? pholdJson(rows) : pholdText(rows));
    return ExitCode.OK;
  }

  /** What parts cost before they do anything. */
  int parts(boolean json, int components) {
    PartsBench.Row row =
        new PartsBench(System::nanoTime, BenchVerb::usedHeapBytes, PARTS_REPEATS)
            .measure(components);
    String form =
        json
            ? "{\"components\": %d, \"startMs\": %.1f, \"idleHeapBytesEach\": %d,"
                + " \"warmStartOfTenUs\": %.0f}%n"
            : "%,d parts: start %.1f ms, idle heap %,d bytes each;"
                + " ten parts on a warm system start in %.0f us%n";
    terminal.out().printf(
        Locale.ROOT, form, row.components(), row.startNs() / 1e6, row.idleHeapBytesEach(),
        row.warmStartOfTenNs() / 1e3);
    return ExitCode.OK;
  }

  private static String pholdText(List<PholdBench.Row> rows) {
    List<List<String>> lines = new ArrayList<>();
    for (PholdBench.Row row : rows) {
      lines.add(
          List.of(
              row.of().components() + " x " + row.of().eventsEach(),
              Integer.toString(row.of().workers()),
              row.of().fingerprint() ? "on" : "off",
              String.format(Locale.ROOT, "%.2f", row.eventsPerSecond() / 1e6),
              String.format(Locale.ROOT, "%.2f", row.bareEventsPerSecond() / 1e6),
              String.format(Locale.ROOT, "%.2f", row.ratio()),
              String.format(Locale.ROOT, "%.0f", row.eventsPerWindow())));
    }
    return Tables.aligned(
            List.of("components x events", "workers", "fingerprint", "M events/s", "bare loop",
                "ratio", "events/window/worker"),
            lines)
        + "\nratio: our events per second of wall time over those of the bare loop, which has one"
        + " thread;\nfloors are set for fingerprint off.\n";
  }

  private static String pholdJson(List<PholdBench.Row> rows) {
    List<String> objects = new ArrayList<>();
    for (PholdBench.Row row : rows) {
      objects.add(
          String.format(
              Locale.ROOT,
              "  {\"components\": %d, \"eventsEach\": %d, \"workers\": %d, \"fingerprint\": %b,"
                  + " \"eventsPerSecond\": %.0f, \"bareEventsPerSecond\": %.0f, \"ratio\": %.4f}",
              row.of().components(), row.of().eventsEach(), row.of().workers(),
              row.of().fingerprint(), row.eventsPerSecond(), row.bareEventsPerSecond(),
              row.ratio()));
    }
    return "[\n" + String.join(",\n", objects) + "\n]\n";
  }

  /** After collections, as the first one may leave what finalization keeps. */
  private static long usedHeapBytes() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
