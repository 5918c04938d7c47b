package dev.shootdown.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * How a node is reached.
 *
 * @param host its name or address, as the others write it
 * @param port its port, as the others write it; 0 for any that is free
 * @param bind where it listens, if something in between passes on what others send to {@code host}
 *     and {@code port}; empty if it listens there itself
 * @param framesPort where it takes frames beside that, for others the same; 0 for any that is free
 * @param tls its certificate; empty for plain TCP
 * @param insecure whether plain TCP may leave this machine
 */
public record NodeSettings(
    String host, int port, Optional<Bind> bind, int framesPort, Optional<TlsFiles> tls,
    boolean insecure, Patience patience) {
  private static final int PORT_MAX = 65_535;

  /** An address of this machine. */
  public record Bind(String host, int port) {
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /** Plain TCP on this machine only, on {@code port}. */
  public static NodeSettings local(int port) {
    return new NodeSettings(
        "127.0.0.1", port, Optional.empty(), 0, Optional.empty(), false, Patience.PLAIN);
  }

  /** Where it listens. */
  Bind listening() {
    return bind.orElse(new Bind(host, port));
  }

  /** The same with other patience. */
  public NodeSettings with(Patience other) {
    return new NodeSettings(host, port, bind, framesPort, tls, insecure, other);
  }

  /** The same, with frames at any port that is free. */
  public NodeSettings withAnyFramesPort() {
    return new NodeSettings(host, port, bind, 0, tls, insecure, patience);
  }

  /**
   * Refuses what can't be or must not be.
   *
   * @throws ClusterProblem if so
   */
  public void check() {
    checkPort(port);
    checkPort(listening().port());
    checkPort(framesPort);
    if (bind.isPresent() && port == 0) {
      throw ClusterProblem.usage(
          "it listens at " + bind.get() + "; say at which port others reach that", null);
    }
    address(listening().host());
    refuseOpen(listening().host());
    refuseOpen(host);
    tls.ifPresent(TlsFiles::check);
  }

  private static void checkPort(int number) {
    if (number < 0 || number > PORT_MAX) {
      throw ClusterProblem.usage("a port is 0 to " + PORT_MAX + ", not " + number, null);
    }
  }

  /**
   * Refuses to speak plain TCP to another machine, unless told to. Where nothing is refused, a name
   * need not be known yet: that of a coordinator often comes up with it.
   */
  void refuseOpen(String otherHost) {
    if (tls.isEmpty() && !insecure && !address(otherHost).isLoopbackAddress()) {
      throw ClusterProblem.usage(
          otherHost + " is not this machine: give certificates (--tls DIR), or say --insecure if"
              + " everybody on that network may take part",
          null);
    }
  }

  private static InetAddress address(String name) {
    try {
      return InetAddress.getByName(name);
    } catch (UnknownHostException unknown) {
      throw ClusterProblem.usage("there is no host '" + name + "'", unknown);
    }
  }

  /** What else is to be said of {@code label}, host and port, if nobody answered there. */
  static String doubt(String label) {
    String name = label.substring(0, label.lastIndexOf(':'));
    try {
      InetAddress.getByName(name);
      return "";
    } catch (UnknownHostException unknown) {
      return "; there is no host '" + name + "'";
    }
  }
}
