package dev.shootdown.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of {@code validate}; {@link ValidateVerb} does it. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = {
      "Published measurements beside what the model predicts: every point, its error, misses.",
      "Exit 13 if an item is out of tolerance. Items: C1 to C12, M1; some are not modelled."
    },
    footer = {
      "",
      "  ./shootdown validate C1 C3 --format html > validation.html",
      "  ./shootdown validate --data mine.csv --machine haswell-1-socket --scenario mine.conf"
    })
final class ValidateCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "ITEM", arity = "0..*", description = "Which items; all if none.")
  private List<String> items = new ArrayList<>();

  @Option(
      names = "--data",
      paramLabel = "FILE.csv",
      description = {
        "Your own measurements: columns id, operation, x, x_unit, value, unit, setting, where",
        "setting names the key that x goes to, such as sweep.let.pages."
      })
  private String data;

  @Option(
      names = "--machine",
      paramLabel = "M",
      description = "With --data: a machine of scenarios/machines, or a file.")
  private String machine;

  @Option(
      names = "--scenario",
      paramLabel = "S[:VARIANT]",
      description = "With --data: what is run at each x.")
  private String scenario;

  @Option(
      names = "-D",
      paramLabel = "PATH=VALUE",
      description = "Overrides a configuration key of every machine; repeatable.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "text|csv|json|html",
      defaultValue = "text",
      description = "How standard output is written (default: ${DEFAULT-VALUE}).")
  private ValidateFormat format;

  @Mixin private ProgressOptions progress;

  ValidateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (data == null && (machine != null || scenario != null)) {
      throw CliProblem.usage("--machine and --scenario go with --data FILE.csv");
    }
    if (data != null && scenario == null) {
      throw CliProblem.usage("--data needs --scenario S, what is run at each x");
    }
    if (data != null && !items.isEmpty()) {
      throw CliProblem.usage("items are the shipped ones; --data is compared alone");
    }
    Optional<ValidateRequest.Own> own =
        data == null ? Optional.empty()
            : Optional.of(new ValidateRequest.Own(data, machine, scenario));
    return new ValidateVerb(terminal)
        .run(
            new ValidateRequest(items, settings, own, format, progress.manner()));
  }
}
