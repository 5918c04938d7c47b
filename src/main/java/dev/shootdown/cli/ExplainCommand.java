package dev.shootdown.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The options of {@code explain}; {@link Explanation} does it. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = "Explains a configuration key: meaning, unit, default, source.")
final class ExplainCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "KEY", description = "A dotted path such as parts.cpu.flush-page.")
  private String key;

  ExplainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal.out().print(Explanation.of(key));
    return ExitCode.OK;
  }
}
