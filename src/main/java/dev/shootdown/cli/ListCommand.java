package dev.shootdown.cli;

import dev.shootdown.config.Nearest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of {@code list}; {@link Listing} does it. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists what can be run and what a scenario can name, one line each.")
final class ListCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      arity = "0..1",
      paramLabel = "KIND",
      description = "scenarios, parts, paths, primitives, policies or eras; all if left out.")
  private String kind;

  @Option(
      names = "--format",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "How standard output is written (default: ${DEFAULT-VALUE}).")
  private OutputFormat format;

  ListCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (kind != null && !Listing.KINDS.contains(kind)) {
      throw CliProblem.usage(
          "'" + kind + "' cannot be listed; there are " + String.join(", ", Listing.KINDS)
              + Nearest.to(kind, Listing.KINDS)
                  .map(near -> "; did you mean '" + near + "'?")
                  .orElse(""));
    }
    new Listing(terminal).print(kind, format);
    return ExitCode.OK;
  }
}
