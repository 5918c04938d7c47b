package dev.shootdown.cluster;

/**
 * How long nodes wait for each other, in seconds, each ≥ 1.
 *
 * @param formSeconds until all nodes are there
 * @param silentSeconds without a sign of life until a node counts as gone
 * @param windowSeconds for a node that lives, to be done with one window; what is
 *     silent is to be noticed earlier
 */
public record Patience(int formSeconds, int silentSeconds, int windowSeconds) {
  /** A minute to form, ten seconds of silence, ten minutes for a window. */
  public static final Patience PLAIN = new Patience(60, 10, 600);

  /** Refuses what is below a second. */
  public Patience {
    if (formSeconds < 1 || silentSeconds < 1 || windowSeconds < 1) {
      throw ClusterProblem.usage("a time to wait must be at least 1 s", null);
    }
    if (windowSeconds <= silentSeconds) {
      throw ClusterProblem.usage(
          "a window must be given longer (" + windowSeconds + " s) than silence ("
              + silentSeconds + " s)",
          null);
    }
  }
}
