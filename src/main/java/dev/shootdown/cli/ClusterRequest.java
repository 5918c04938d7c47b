package dev.shootdown.cli;

import dev.shootdown.cluster.NodeSettings;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code run} that say where: on how many nodes, and whether to explain it. */
final class ClusterRequest {
  /** What workers find by default. */
  static final int PORT = 25_520;

  /** What can be told of a placement. */
  enum Placement {
    /** Who is where, what is cut, and how it went. */
    explain
  }

  @Option(
      names = "--nodes",
      paramLabel = "N",
      description = "Wait for N - 1 workers (see ./shootdown node) and share the run with them.")
  private Integer nodes;

  @Option(
      names = "--local-nodes",
      paramLabel = "N",
      description = "Share the run with N - 1 processes on this machine, started for it.")
  private Integer localNodes;

  @Option(
      names = "--placement",
      paramLabel = "explain",
      description = "Tell which parts run together, which wires are cut, and how it went.")
  private Placement placement;

  @Mixin private ClusterOptions options = new ClusterOptions();

  /** How many nodes share a run; 1 if it is not shared. */
  int nodes() {
    if (nodes != null && localNodes != null) {
      throw CliProblem.usage("--nodes and --local-nodes exclude each other");
    }
    int wanted = nodes != null ? nodes : localNodes != null ? localNodes : 1;
    if (wanted < 1 || wanted > 1024) {
      throw CliProblem.usage("a run has 1 to 1024 nodes, not " + wanted);
    }
    return wanted;
  }

  /** Whether the others are to be started here. */
  boolean isLocal() {
    return localNodes != null;
  }

  boolean isExplained() {
    return placement != null;
  }

  /** What workers on this machine must be told to match. */
  List<String> arguments() {
    return options.arguments();
  }

  NodeSettings settings(Terminal terminal) {
    return options.settings(terminal, isLocal() ? 0 : PORT);
  }
}
