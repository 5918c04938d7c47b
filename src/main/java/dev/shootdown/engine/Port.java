package dev.shootdown.engine;

/**
 * A component's named way out to one inlet of another. Parallel wires are separate ports.
 *
 * @param <M> what may be sent
 */
public interface Port<M> {
  /** The name that the component declared it by. */
  String name();

  /** The name of the component at the other end. */
  String peer();

  /** The smallest latency of the link behind this port, in ps. */
  long minimumPs();
}
