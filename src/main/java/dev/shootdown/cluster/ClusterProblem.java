package dev.shootdown.cluster;

/** Why there is no cluster: one message, and whose fault it is. */
public final class ClusterProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean usage;

  private ClusterProblem(boolean usage, String message, Throwable cause) {
    super(message, cause);
    this.usage = usage;
  }

  /** What was asked for can't be: a port, a certificate, an address. */
  static ClusterProblem usage(String message, Throwable cause) {
    return new ClusterProblem(true, message, cause);
  }

  /** The nodes did not come together, or did not stay. */
  public static ClusterProblem apart(String message) {
    return new ClusterProblem(false, message, null);
  }

  /** Whether the arguments are to blame, and not the network. */
  public boolean isUsage() {
    return usage;
  }
}
