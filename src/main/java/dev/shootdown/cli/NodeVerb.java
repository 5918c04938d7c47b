package dev.shootdown.cli;

import dev.shootdown.cluster.ClusterProblem;
import dev.shootdown.cluster.CodeIdentity;
import dev.shootdown.cluster.NodeSettings;
import dev.shootdown.cluster.Worker;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Works for a coordinator until that says goodbye. */
final class NodeVerb {
  private static final Pattern PLACE = Pattern.compile("(\\S+):(\\d{1,5})");

  private final Terminal terminal;

  NodeVerb(Terminal terminal) {
    this.terminal = terminal;
  }

  int run(String join, NodeSettings settings, boolean quiet) {
    Matcher place = PLACE.matcher(join);
    if (!place.matches()) {
      throw CliProblem.usage("--join takes HOST:PORT, such as 127.0.0.1:25520, not " + join);
    }
    try (Worker worker =
        new Worker(
            settings, CodeIdentity.own(Build.version()), place.group(1),
            Integer.parseInt(place.group(2)), line -> tell(quiet, line),
            List.of(ClusterPhold.READER))) {
      worker.serve();
      return ExitCode.OK;
    } catch (ClusterProblem problem) {
      throw ClusterPlace.told(problem);
    }
  }

  private void tell(boolean quiet, String line) {
    if (!quiet) {
      terminal.err().println(line);
    }
  }
}
