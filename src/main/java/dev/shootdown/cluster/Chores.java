package dev.shootdown.cluster;

/**
 * Work of one kind that any node can do in pieces, each alone: bytes in, bytes out. What comes of a
 * piece must depend on its bytes only, because it may be done twice, and by any node.
 */
public interface Chores extends AutoCloseable {
  /**
   * Does one piece; called by several threads at a time.
   *
   * @return what came of it
   */
  byte[] done(byte[] chore);

  @Override
  void close();

  /** Opens the work of one kind, on each node that takes part. */
  interface Kind {
    /** What it is called between nodes. */
    String kind();

    /** Gets ready for pieces. */
    Chores open();
  }
}
