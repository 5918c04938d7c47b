package dev.shootdown.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of {@code explain}; {@link Explanation} and {@link FileExplanation} do it. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Explains a configuration key: meaning, unit, default, source;",
      "a kernel path with its steps; a primitive of such paths."
    },
    footer = {
      "",
      "Examples:",
      "  ./shootdown explain parts.cpu.flush-page",
      "  ./shootdown explain paths.munmap",
      "  ./shootdown explain --in scenarios/machines/milan-72.conf"
    })
final class ExplainCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      arity = "0..1",
      paramLabel = "KEY",
      description = "A dotted path such as parts.cpu.flush-page, or a primitive's name.")
  private String key;

  @Option(
      names = "--in",
      paramLabel = "FILE",
      description = {
        "A scenario or a machine: also what it sets KEY to, and what is written beside it;",
        "without KEY, all that it sets."
      })
  private Path file;

  ExplainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (key == null && file == null) {
      throw CliProblem.usage("explain needs a KEY, such as parts.cpu.flush-page, or --in FILE");
    }
    if (key != null && file != null) {
      terminal.out().print(FileExplanation.beside(terminal, file, key));
    } else {
      terminal.out()
          .print(file == null ? Explanation.of(key) : FileExplanation.of(terminal, file));
    }
    return ExitCode.OK;
  }
}
