package dev.shootdown.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code run} that say where: on how many nodes, and whether to explain it. */
final class ClusterRequest {
  /** What can be told of a placement. */
  enum Placement {
    /** Who is where, what is cut, and how it went. */
    explain
  }

  @Option(
      names = "--placement",
      paramLabel = "explain",
      description = "Tell which parts run together, which wires are cut, and how it went.")
  private Placement placement;

  @Mixin private ClusterNodes nodes = new ClusterNodes();

  ClusterNodes nodes() {
    return nodes;
  }

  boolean isExplained() {
    return placement != null;
  }
}
