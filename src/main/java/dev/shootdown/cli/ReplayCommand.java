package dev.shootdown.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of {@code replay}; {@link ReplayVerb} does it. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the causes of a recorded kernel trace on a simulated machine, and holds",
      "what the simulated kernel does beside what the recorded one did.",
      "Example: ./shootdown replay scenarios/traces/ping-munmap.trace-cmd.txt.gz"
    })
final class ReplayCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      paramLabel = "TRACE",
      description = "A trace-cmd report or a tracefs text, plain or gzip.")
  private String trace;

  @Option(
      names = "--machine",
      paramLabel = "PROFILE",
      defaultValue = "guest-2vcpu-traced",
      description = "A machine profile that ships (default: ${DEFAULT-VALUE}).")
  private String machine;

  @Option(
      names = "-D",
      paramLabel = "PATH=VALUE",
      description = "Overrides a configuration key of the machine; repeatable.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text or csv (default: ${DEFAULT-VALUE}).")
  private String format;

  ReplayCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (!format.equals("text") && !format.equals("csv")) {
      throw CliProblem.usage("--format is text or csv, not " + format);
    }
    return new ReplayVerb(terminal).run(trace, machine, settings, format.equals("csv"));
  }
}
