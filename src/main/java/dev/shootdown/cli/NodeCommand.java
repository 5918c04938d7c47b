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
      "Beyond this machine it takes certificates: --host NAME --tls DIR."
    })
final class NodeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--join",
      required = true,
      paramLabel = "HOST:PORT",
      description = "Where the run was started.")
  private String join;

  @Mixin private ClusterOptions options = new ClusterOptions();

  @Option(names = "--quiet", description = "Say nothing while all is well.")
  private boolean quiet;

  NodeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    return new NodeVerb(terminal).run(join, options.settings(terminal, 0), quiet);
  }
}
