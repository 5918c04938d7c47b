package dev.shootdown.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * How a node is reached.
 *
 * @param host its name or address, as the others write it
 * @param port its port; 0 for any that is free
 * @param tls its certificate; empty for plain TCP
 * @param insecure whether plain TCP may leave this machine
 * @param delaySeed if present, every arriving frame is held back for up to some milliseconds by a
 *     draw from this seed: results must not notice
 */
public record NodeSettings(
    String host, int port, Optional<TlsFiles> tls, boolean insecure, Patience patience,
    Optional<Long> delaySeed) {
  private static final int PORT_MAX = 65_535;

  /** Plain TCP on this machine only, on {@code port}. */
  public static NodeSettings local(int port) {
    return new NodeSettings(
        "127.0.0.1", port, Optional.empty(), false, Patience.PLAIN, Optional.empty());
  }

  /** The same with other patience. */
  public NodeSettings with(Patience other) {
    return new NodeSettings(host, port, tls, insecure, other, delaySeed);
  }

  /**
   * Refuses what can't be or must not be.
   *
   * @throws ClusterProblem if so
   */
  public void check() {
    if (port < 0 || port > PORT_MAX) {
      throw ClusterProblem.usage("a port is 0 to " + PORT_MAX + ", not " + port, null);
    }
    refuseOpen(host);
    tls.ifPresent(TlsFiles::check);
  }

  /** Refuses to speak plain TCP to another machine, unless told to. */
  void refuseOpen(String otherHost) {
    boolean inside;
    try {
      inside = InetAddress.getByName(otherHost).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      throw ClusterProblem.usage("there is no host '" + otherHost + "'", unknown);
    }
    if (!inside && tls.isEmpty() && !insecure) {
      throw ClusterProblem.usage(
          otherHost + " is not this machine: give certificates (--tls DIR), or say --insecure if"
              + " everybody on that network may take part",
          null);
    }
  }
}
