package dev.shootdown.cli;

import dev.shootdown.cluster.ClusterProblem;
import dev.shootdown.cluster.CodeIdentity;
import dev.shootdown.cluster.Lobby;
import dev.shootdown.cluster.NodeSettings;
import dev.shootdown.cluster.Worker;
import java.util.List;

/** Works for a coordinator until that says goodbye, or for one after the other. */
final class NodeVerb {
  private static final String JOIN = "--join";

  private final Terminal terminal;
  private final int jobs;
  private final boolean quiet;

  NodeVerb(Terminal terminal, int jobs, boolean quiet) {
    this.terminal = terminal;
    this.jobs = jobs;
    this.quiet = quiet;
  }

  int run(String join, NodeSettings settings) {
    ClusterAddress place = ClusterAddress.of(JOIN, join);
    try (Worker worker = worker(place, settings)) {
      worker.serve();
      return ExitCode.OK;
    } catch (ClusterProblem problem) {
      throw ClusterPlace.told(problem);
    }
  }

  /** Founds a cluster that waits, and is its first worker; nothing ends it but a signal. */
  int await(NodeSettings settings, NodeSettings own) {
    try (Lobby lobby = new Lobby(settings, CodeIdentity.own(Build.version()), this::tell);
        Worker worker = worker(ClusterAddress.of(JOIN, lobby.label()), own)) {
      Thread host = new Thread(lobby::serve, "shootdown-lobby");
      host.setDaemon(true);
      host.start();
      tell("a cluster waits at " + lobby.label());
      worker.serve();
      return ExitCode.OK;
    } catch (ClusterProblem problem) {
      throw ClusterPlace.told(problem);
    }
  }

  private Worker worker(ClusterAddress place, NodeSettings settings) {
    return new Worker(
        settings, CodeIdentity.own(Build.version()), place.host(), place.port(), this::tell,
        new Worker.Trades(List.of(ClusterPhold.READER), List.of(ClusterSweep.KIND), jobs));
  }

  private void tell(String line) {
    if (!quiet) {
      terminal.err().println(line);
    }
  }
}
