package dev.shootdown.cli;

import dev.shootdown.bench.Phold;
import dev.shootdown.bench.ScaleModel;
import dev.shootdown.bench.ScaleSimulation;
import dev.shootdown.report.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints what docs/scale.md says of many nodes: by the formula, and by simulating them. */
final class ScaleBenchVerb {
  private static final List<Integer> PARTS = List.of(10_000, 100_000, 1_000_000);
  private static final List<Integer> NODES = List.of(2, 8, 64, 1_024);
  private static final int PENDING = 16;
  private static final int QUICK_SIZES = 3;
  private static final int RING = 2;
  private static final double US_PER_S = 1e6;

  /** Frames of a simulation, about: 1,024 nodes that are all joined send a million in a window. */
  private static final int FRAMES = 3_000_000;

  private static final int WINDOWS_MOST = 20;

  private final Terminal terminal;

  ScaleBenchVerb(Terminal terminal) {
    this.terminal = terminal;
  }

  /** What an event, a round and a frame take, in us. */
  int run(boolean json, double eventUs, double roundUs, double frameUs, boolean quick) {
    positive("--event", eventUs);
    positive("--frame", frameUs);
    if (!(roundUs >= frameUs)) {
      throw CliProblem.usage(
          "--round " + roundUs + " us has a frame in it, which takes " + frameUs
              + " us by --frame");
    }
    ScaleModel model =
        new ScaleModel(eventUs / US_PER_S, roundUs / US_PER_S, frameUs / US_PER_S);
    List<List<String>> lines = new ArrayList<>();
    for (int parts : PARTS) {
      for (int nodes : quick ? NODES.subList(0, QUICK_SIZES) : NODES) {
        for (boolean ring : nodes == 2 ? new boolean[] {false} : new boolean[] {false, true}) {
          lines.add(line(model, parts, nodes, ring));
        }
      }
      terminal.err().println("simulated " + parts + " parts");
    }
    terminal.out().print(
        json
            ? json(lines)
            : Tables.aligned(TITLES, lines) + "\n"
                + "parts: of PHOLD with 16 pending events each, evenly spread. speed-up: over one "
                + "thread.\nring: a node has two neighbours. Two nodes for real: bench cluster.\n");
    return ExitCode.OK;
  }

  private static final List<String> TITLES =
      List.of("parts", "nodes", "joined", "formulaWindowUs", "simulatedWindowUs",
          "formulaSpeedUp", "simulatedSpeedUp");

  private static List<String> line(ScaleModel model, int parts, int nodes, boolean ring) {
    double events = new Phold(parts, PENDING).eventsPerWindow();
    int neighbours = ring ? RING : nodes - 1;
    int windows = Math.max(2, Math.min(WINDOWS_MOST, FRAMES / (nodes * neighbours)));
    double simulated = new ScaleSimulation(model, windows).windowSeconds(events, nodes, ring);
    double alone = events * model.eventSeconds();
    return List.of(
        Integer.toString(parts), Integer.toString(nodes), ring ? "ring" : "all",
        number(model.windowSeconds(events, nodes, neighbours) * US_PER_S),
        number(simulated * US_PER_S),
        number(model.speedUp(events, nodes, neighbours)), number(alone / simulated));
  }

  private static void positive(String option, double value) {
    if (!(value > 0 && value <= US_PER_S)) {
      throw CliProblem.usage(option + " must be above 0 and at most 1000000 us, not " + value);
    }
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
  }

  private static String json(List<List<String>> lines) {
    List<String> objects = new ArrayList<>();
    for (List<String> line : lines) {
      List<String> fields = new ArrayList<>();
      for (int i = 0; i < line.size(); i++) {
        String value = TITLES.get(i).equals("joined") ? '"' + line.get(i) + '"' : line.get(i);
        fields.add('"' + TITLES.get(i) + "\": " + value);
      }
      objects.add("  {" + String.join(", ", fields) + "}");
    }
    return "[\n" + String.join(",\n", objects) + "\n]\n";
  }
}
