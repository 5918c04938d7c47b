package dev.shootdown.cli;

import dev.shootdown.cluster.ClusterProblem;
import dev.shootdown.cluster.NodeSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say on how many nodes; shared by the verbs whose work can be shared. */
final class ClusterNodes {
  /** What workers find by default. */
  static final int PORT = 25_520;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      description = "Wait for N - 1 workers (see ./shootdown node) and share the work with them.")
  private Integer nodes;

  @Option(
      names = "--local-nodes",
      paramLabel = "N",
      description = "Share the work with N - 1 processes on this machine, started for it.")
  private Integer localNodes;

  @Option(
      names = "--cluster",
      paramLabel = "HOST:PORT",
      description = "Share the work with the cluster that waits there (see ./shootdown node).")
  private String cluster;

  @Mixin private ClusterOptions options = new ClusterOptions();

  /** How many nodes share the work; 1 if it is not shared, or the cluster will tell. */
  int nodes() {
    if (Stream.of(nodes, localNodes, cluster).filter(Objects::nonNull).count() > 1) {
      throw CliProblem.usage("--nodes, --local-nodes and --cluster exclude each other");
    }
    int wanted = nodes != null ? nodes : localNodes != null ? localNodes : 1;
    if (wanted < 1 || wanted > 1024) {
      throw CliProblem.usage("work is shared by 1 to 1024 nodes, not " + wanted);
    }
    return wanted;
  }

  /** Where a cluster waits, if one does. */
  Optional<ClusterAddress> cluster() {
    return Optional.ofNullable(cluster).map(text -> ClusterAddress.of("--cluster", text));
  }

  /** Whether the others are to be started here. */
  boolean isLocal() {
    return localNodes != null;
  }

  /**
   * Starts the others, if they are to be started here; they wait to be told where to join.
   *
   * @param jobs chores at a time of each, if it is chores that are shared
   * @throws CliProblem if the options contradict each other, or what they name
   */
  Optional<ClusterChildren> children(Terminal terminal, Optional<Integer> jobs) {
    if (nodes() == 1 || !isLocal()) {
      return Optional.empty();
    }
    options.refuseBind("--local-nodes starts several");
    try {
      settings(terminal).check(); // once, or each of them would complain
    } catch (ClusterProblem problem) {
      throw ClusterPlace.told(problem);
    }
    List<String> arguments = new ArrayList<>(options.arguments());
    jobs.ifPresent(each -> arguments.addAll(List.of("--jobs", Integer.toString(each))));
    return Optional.of(ClusterChildren.start(nodes() - 1, arguments));
  }

  NodeSettings settings(Terminal terminal) {
    return options.settings(terminal, nodes == null ? 0 : PORT);
  }
}
