package dev.shootdown.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program without a verb. */
@Command(
    name = "shootdown",
    mixinStandardHelpOptions = true,
    versionProvider = Front.Version.class,
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "%nVerbs:%n",
    description = {
      "Who still holds a stale address translation, for how long, and what does it cost to be"
          + " sure that nobody does?"
    },
    footer = {
      "",
      "First steps:",
      "  ./shootdown list scenarios",
      "  ./shootdown run scenarios/02-overtaken-fill.conf",
      "  ./shootdown explain kernel.era",
      "",
      "Exit codes:",
      "  0 every expectation met          10 safety violation",
      "  1 internal failure               11 no progress",
      "  2 usage or configuration         12 fingerprints differ",
      "  3 environment                    13 expectation not met",
      "  4 not modelled                   14 inconclusive",
      "  20 cluster failure               130, 143 signals"
    })
final class Front implements Runnable {
  /** Asked only when the version is to be printed. */
  static final class Version implements picocli.CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"shootdown " + Build.version()};
    }
  }

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of a failure.")
  private boolean debug;

  @Spec private CommandSpec spec;

  /** Whether {@code --debug} was given, before or after the verb. */
  static boolean isDebug(CommandSpec verb) {
    return verb.root().userObject() instanceof Front front && front.isDebug();
  }

  boolean isDebug() {
    return debug;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a verb is missing");
  }
}
