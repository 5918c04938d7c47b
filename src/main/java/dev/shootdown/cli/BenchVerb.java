package dev.shootdown.cli;

import dev.shootdown.bench.MachineBench;
import dev.shootdown.bench.PartsBench;
import dev.shootdown.bench.PholdBench;
import dev.shootdown.report.Tables;
import dev.shootdown.scenario.Scenarios;
import dev.shootdown.scenario.Variant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Measures and prints. */
final class BenchVerb {
  private static final long QUICK_EVENTS = 200_000;
  private static final int QUICK_SIZES = 2;
  private static final int PARTS_REPEATS = 3;

  /** How long to warm up, in seconds. */
  private static final int PHOLD_LEAST_S = 10;

  private static final int PHOLD_MOST_S = 30;
  private static final int MACHINE_MOST_S = 30;

  private final Terminal terminal;

  BenchVerb(Terminal terminal) {
    this.terminal = terminal;
  }

  /** PHOLD at the published sizes. */
  int phold(boolean json, int runs, long events, boolean quick) {
    PholdBench bench =
        new PholdBench(
            quick ? Quiet.once() : Quiet.compiler(PHOLD_LEAST_S, PHOLD_MOST_S),
            quick ? 1 : runs, quick ? Math.min(events, QUICK_EVENTS) : events);
    List<PholdBench.Size> sizes = PholdBench.published();
    List<PholdBench.Row> rows =
        bench.measure(
            quick ? sizes.subList(0, QUICK_SIZES) : sizes,
            line -> terminal.err().println(line));
    terminal.out().print(json ? pholdJson(rows) : pholdText(rows));
    return ExitCode.OK;
  }

  /** Whole machines: those of {@code files}, or the two that ship. */
  int machine(boolean json, int runs, List<String> files) {
    MachineBench bench =
        new MachineBench(
            Quiet.compiler(0, MACHINE_MOST_S), BenchVerb::usedHeapBytes, runs);
    List<String> titles =
        List.of("scenario", "parts", "events", "operations", "eventsPerOperation",
            "eventsPerSecond", "heapBytesPerPart", "verdict");
    List<List<String>> lines = new ArrayList<>();
    for (Path file : files.isEmpty() ? shipped() : files.stream().map(terminal::file).toList()) {
      for (Variant variant :
          Scenarios.load(
              file, Optional.empty(), terminal.siteFile(), List.of(), terminal.cwd())) {
        MachineBench.Row row = bench.measure(variant.scenario());
        String name = variant.id(variant.scenario().run().seed());
        terminal.err().println("measured " + name);
        lines.add(machineLine(name, row));
      }
    }
    terminal.out().print(json ? machineJson(titles, lines) : Tables.aligned(titles, lines));
    return ExitCode.OK;
  }

  private static List<String> machineLine(String name, MachineBench.Row row) {
    return List.of(
        name,
        Integer.toString(row.parts()),
        Long.toString(row.events()),
        Long.toString(row.operations()),
        String.format(Locale.ROOT, "%.1f", row.events() / (double) Math.max(1, row.operations())),
        String.format(Locale.ROOT, "%.0f", row.eventsPerSecond()),
        Long.toString(row.heapBytesEach()),
        row.verdict());
  }

  /** Names and the verdict are text, the rest are numbers. */
  private static String machineJson(List<String> titles, List<List<String>> lines) {
    List<String> objects = new ArrayList<>();
    for (List<String> line : lines) {
      List<String> fields = new ArrayList<>();
      for (int i = 0; i < line.size(); i++) {
        boolean text = i == 0 || i == line.size() - 1;
        fields.add('"' + titles.get(i) + "\": " + (text ? '"' + line.get(i) + '"' : line.get(i)));
      }
      objects.add("  {" + String.join(", ", fields) + "}");
    }
    return "[\n" + String.join(",\n", objects) + "\n]\n";
  }

  private List<Path> shipped() {
    Path folder = terminal.home().orElse(terminal.cwd()).resolve("scenarios/bench");
    return List.of(folder.resolve("munmap-256.conf"), folder.resolve("zap-64.conf"));
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
              Integer.toString(row.workers()),
              row.of().fingerprint() ? "on" : "off",
              String.format(Locale.ROOT, "%.2f", row.eventsPerSecond() / 1e6),
              String.format(Locale.ROOT, "%.2f", row.bareEventsPerSecond() / 1e6),
              String.format(Locale.ROOT, "%.2f", row.ratio()),
              String.format(Locale.ROOT, "%.2f", row.overOne()),
              String.format(Locale.ROOT, "%.0f", row.eventsPerWindow()),
              row.lineNs() == 0 ? "-" : String.format(Locale.ROOT, "%.0f", row.lineNs())));
    }
    return Tables.aligned(
            List.of("PHOLD", "workers", "fingerprint", "M events/s", "bare loop", "ratio",
                "/ 1 worker", "a window", "line ns"),
            lines)
        + "\nPHOLD: components x events each. ratio: our events per second of wall time over"
        + "\nthose of the bare loop, which has one thread. / 1 worker: over those on one worker."
        + "\na window: events of one worker in one window."
        + "\nline ns: what a line of cache took from one thread to the other between these runs."
        + "\nMedians; goals are set for fingerprint off.\n";
  }

  private static String pholdJson(List<PholdBench.Row> rows) {
    List<String> objects = new ArrayList<>();
    for (PholdBench.Row row : rows) {
      objects.add(
          String.format(
              Locale.ROOT,
              "  {\"components\": %d, \"eventsEach\": %d, \"workers\": %d, \"fingerprint\": %b,"
                  + " \"eventsPerSecond\": %.0f, \"bareEventsPerSecond\": %.0f, \"ratio\": %.4f,"
                  + " \"overOneWorker\": %.4f, \"lineNanoseconds\": %.0f}",
              row.of().components(), row.of().eventsEach(), row.workers(),
              row.of().fingerprint(), row.eventsPerSecond(), row.bareEventsPerSecond(),
              row.ratio(), row.overOne(), row.lineNs()));
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
