package dev.shootdown.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of {@code museum}; {@link MuseumVerb} does it. */
@Command(
    name = "museum",
    mixinStandardHelpOptions = true,
    description = {
      "Shows historic bugs: the broken variant is caught, the fixed one stays clean over ten",
      "times as many schedules. Without ITEM and --all it lists them."
    },
    footer = {
      "",
      "ITEM is a number (3a, or 3 for 3a and 3b), a name, or a scenario file with a museum block.",
      "  ./shootdown museum 3b",
      "  ./shootdown museum --all"
    })
final class MuseumCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(arity = "0..1", paramLabel = "ITEM", description = "An exhibit.")
  private String item;

  @Option(names = "--all", description = "Run all exhibits and print KTAP.")
  private boolean all;

  @Option(names = "--jobs", paramLabel = "N", description = "Runs at a time (default: cores).")
  private Integer jobs;

  @Option(
      names = "--format",
      paramLabel = "text|json|ktap",
      description = "How standard output is written (default: text, with --all ktap).")
  private MuseumFormat format;

  @Option(names = "--quiet", description = "No progress on standard error.")
  private boolean quiet;

  MuseumCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (jobs != null && jobs < 1) {
      throw CliProblem.usage("--jobs must be at least 1, not " + jobs);
    }
    if (all && item != null) {
      throw CliProblem.usage("--all shows every exhibit; leave it or '" + item + "' out");
    }
    boolean lists = !all && item == null;
    if (lists && format == MuseumFormat.ktap) {
      throw CliProblem.usage("a list has no form in KTAP; --all prints one");
    }
    MuseumFormat form =
        format != null ? format : all ? MuseumFormat.ktap : MuseumFormat.text;
    int threads = jobs != null ? jobs : Runtime.getRuntime().availableProcessors();
    MuseumVerb verb = new MuseumVerb(terminal, form, threads, quiet);
    return lists ? verb.list() : verb.show(Optional.ofNullable(item));
  }
}
