package dev.shootdown.cli;

import dev.shootdown.cluster.ClusterProblem;
import dev.shootdown.cluster.NodeSettings;
import dev.shootdown.cluster.Patience;
import dev.shootdown.cluster.TlsFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a node is reached; shared by the verbs that start one. */
final class ClusterOptions {
  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "This node's name or address for others (default: ${DEFAULT-VALUE}).")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "P",
      description = "This node's port; 0 for any. Default: 25520 where others join, else any.")
  private Integer port;

  @Option(
      names = "--bind",
      paramLabel = "HOST:PORT",
      description = "Listen there, where others reach --host and --port by a router or a proxy.")
  private String bind;

  @Option(
      names = "--frames-port",
      paramLabel = "P",
      defaultValue = "0",
      description = {
        "Port that others send frames of a run to, beside --port; 0 for any (default).",
        "Where they can't reach it, frames take the slower way, through --port."
      })
  private int framesPort;

  @Option(
      names = "--tls",
      paramLabel = "DIR",
      description = "Mutual TLS with tls.crt, tls.key and ca.crt (PEM) of that directory.")
  private String tls;

  @Option(
      names = "--insecure",
      description = "Speak plain TCP beyond this machine.")
  private boolean insecure;

  @Option(
      names = "--form-within",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait for other nodes (default: ${DEFAULT-VALUE}).")
  private int formSeconds;

  @Option(
      names = "--give-up",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "Silence after which a node is lost (default: ${DEFAULT-VALUE}).")
  private int silentSeconds;

  @Option(
      names = "--window-within",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "How long one window may take a node that lives (default: ${DEFAULT-VALUE}).")
  private int windowSeconds;

  /** The same for a worker on this machine, at any port. */
  List<String> arguments() {
    List<String> words = new ArrayList<>(List.of("--host", host));
    words.addAll(List.of("--form-within", Integer.toString(formSeconds)));
    words.addAll(List.of("--give-up", Integer.toString(silentSeconds)));
    words.addAll(List.of("--window-within", Integer.toString(windowSeconds)));
    if (tls != null) {
      words.addAll(List.of("--tls", tls));
    }
    if (insecure) {
      words.add("--insecure");
    }
    return words;
  }

  /**
   * Refuses {@code --bind} where a second node of this machine would have to be reached, too.
   *
   * @param what needs that
   */
  void refuseBind(String what) {
    if (bind != null) {
      throw CliProblem.usage("--bind is for one node; " + what);
    }
  }

  /** What was asked for, but for the port: any that is free. */
  NodeSettings anyPort(Terminal terminal) {
    return settings(terminal, 0, Optional.empty(), Optional.empty());
  }

  /** What was asked for; {@code defaultPort} where no port was. */
  NodeSettings settings(Terminal terminal, int defaultPort) {
    return settings(
        terminal, defaultPort, Optional.ofNullable(port),
        Optional.ofNullable(bind).map(text -> ClusterAddress.of("--bind", text)));
  }

  private NodeSettings settings(
      Terminal terminal, int defaultPort, Optional<Integer> wanted,
      Optional<ClusterAddress> listening) {
    try {
      return new NodeSettings(
          host, wanted.orElse(defaultPort),
          listening.map(at -> new NodeSettings.Bind(at.host(), at.port())), framesPort,
          Optional.ofNullable(tls).map(folder -> new TlsFiles(terminal.file(folder))), insecure,
          new Patience(formSeconds, silentSeconds, windowSeconds));
    } catch (ClusterProblem problem) {
      throw ClusterPlace.told(problem);
    }
  }
}
