package dev.shootdown.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What verbs have in common that do many things, keep them, and can share them with nodes. */
final class BatchOptions {
  @Option(names = "--resume", description = "Go on with what is there: run what is missing.")
  private boolean resume;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "How many at a time, of each node started here (default: cores).")
  private Integer jobs;

  @Option(
      names = "-D",
      paramLabel = "PATH=VALUE",
      description = "Set a configuration key in all of them; may be repeated.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "results",
      description = "Where the directory with the results goes (default: ${DEFAULT-VALUE}).")
  private String out;

  @Mixin private ProgressOptions progress;

  @Mixin private ClusterNodes nodes = new ClusterNodes();

  boolean isResumed() {
    return resume;
  }

  /**
   * How many at a time on this node; those started here share its cores.
   *
   * @throws CliProblem if it was to be none
   */
  int jobs() {
    int cores = Runtime.getRuntime().availableProcessors();
    return atLeastOne("--jobs", jobs, Math.max(1, cores / (nodes.isLocal() ? nodes.nodes() : 1)));
  }

  /** {@code given}, or {@code otherwise} if nothing was. */
  static int atLeastOne(String option, Integer given, int otherwise) {
    if (given != null && given < 1) {
      throw CliProblem.usage(option + " must be at least 1, not " + given);
    }
    return given == null ? otherwise : given;
  }

  /** {@code path=value}, as given. */
  List<String> overrides() {
    return overrides;
  }

  Path out(Terminal terminal) {
    return terminal.file(out);
  }

  Progress.Manner progress() {
    return progress.manner();
  }

  ClusterNodes nodes() {
    return nodes;
  }
}
