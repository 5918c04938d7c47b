package dev.shootdown.cli;

import dev.shootdown.cluster.ClusterProblem;
import dev.shootdown.cluster.CodeIdentity;
import dev.shootdown.cluster.Lobby;
import dev.shootdown.cluster.NodeSettings;
import dev.shootdown.cluster.ScenarioTask;
import dev.shootdown.cluster.Worker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Works for a coordinator until that says goodbye, or for one after the other. */
final class NodeVerb {
  /** In place of an address: it comes as a line on standard input. */
  static final String STANDARD_INPUT = "-";

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
    if (join.equals(STANDARD_INPUT)) {
      return runLater(settings);
    }
    ClusterAddress place = ClusterAddress.of(JOIN, join);
    try (Worker worker = worker(place, settings)) {
      Farewell.serve(worker);
      return ExitCode.OK;
    } catch (ClusterProblem problem) {
      throw ClusterPlace.told(problem);
    }
  }

  /** Gets ready before it is known for whom; without an address there is nothing to do. */
  private int runLater(NodeSettings settings) {
    // Ctrl-C comes to all processes of a terminal. Whoever started this one ends the run then, and
    // this one with it; the second one ends all at once.
    terminal.interrupts().listen();
    try (Worker worker = new Worker(settings, code(), this::tell, trades())) {
      Thread rehearsal = new Thread(ScenarioTask::rehearse, "shootdown-rehearsal");
      rehearsal.setDaemon(true);
      rehearsal.start();
      String address = line();
      if (address != null) {
        ClusterAddress place = ClusterAddress.of(JOIN, address);
        worker.join(place.host(), place.port());
        worker.serve();
      }
      return ExitCode.OK;
    } catch (ClusterProblem problem) {
      throw ClusterPlace.told(problem);
    }
  }

  private static String line() {
    try {
      return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
          .readLine();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Founds a cluster that waits, and is its first worker; nothing ends it but a signal. */
  int await(NodeSettings settings, NodeSettings own) {
    try (Lobby lobby = new Lobby(settings, code(), this::tell);
        Worker worker = worker(ClusterAddress.of(JOIN, lobby.label()), own)) {
      Thread host = new Thread(lobby::serve, "shootdown-lobby");
      host.setDaemon(true);
      host.start();
      tell("a cluster waits at " + lobby.label());
      Farewell.serve(worker);
      return ExitCode.OK;
    } catch (ClusterProblem problem) {
      throw ClusterPlace.told(problem);
    }
  }

  private Worker worker(ClusterAddress place, NodeSettings settings) {
    return new Worker(settings, code(), place.host(), place.port(), this::tell, trades());
  }

  private static CodeIdentity code() {
    return CodeIdentity.own(Build.version());
  }

  private Worker.Trades trades() {
    return new Worker.Trades(List.of(ClusterPhold.READER), ClusterChores.ALL, jobs);
  }

  private void tell(String line) {
    if (!quiet) {
      terminal.err().println(line);
    }
  }
}
