package dev.shootdown.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code node}; {@link NodeVerb} does it. */
@Command(
    name = "node",
    mixinStandardHelpOptions = true,
    description = "Joins a cluster as a worker, and does its share of what is run there.",
    footer = {
      "",
      "The other side is: ./shootdown run SCENARIO --nodes N",
      "  ./shootdown node --join 127.0.0.1:25520",
      "Or, for one run after the other: ./shootdown run SCENARIO --cluster 127.0.0.1:25520",
      "  ./shootdown node",
      "Beyond this machine it takes certificates: --host NAME --tls DIR."
    })
final class NodeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--join",
      paramLabel = "HOST:PORT",
      description = {
        "Where the work was started, or where a cluster waits; - reads it from standard input.",
        "Without it a cluster is founded here, at --port (25520), which waits for --cluster",
        "HOST:PORT of run, sweep and audit."
      })
  private String join;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Runs of a sweep, or cells of an audit, at a time (default: cores).")
  private Integer jobs;

  @Mixin private ClusterOptions options = new ClusterOptions();

  @Option(names = "--quiet", description = "Say nothing while all is well.")
  private boolean quiet;

  NodeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    int atATime =
        BatchOptions.atLeastOne("--jobs", jobs, Runtime.getRuntime().availableProcessors());
    NodeVerb verb = new NodeVerb(terminal, atATime, quiet);
    if (join != null) {
      return verb.run(join, options.settings(terminal, 0));
    }
    options.refuseBind("a cluster that waits here has a worker beside it");
    // The cluster that waits gets no frames, only the worker beside it.
    return verb.await(
        options.settings(terminal, ClusterNodes.PORT).withAnyFramesPort(),
        options.anyPort(terminal));
  }
}
