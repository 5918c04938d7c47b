package dev.shootdown.engine;

/** A node that the others wait for in vain, or that makes no sense. It ends the run. */
public final class LostNode extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int node;

  /**
   * A loss.
   *
   * @param node its number in the run
   * @param what what is known of it, for a person
   */
  public LostNode(int node, String what) {
    super(what);
    this.node = node;
  }

  /** The number of the node. */
  public int node() {
    return node;
  }
}
