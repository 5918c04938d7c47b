package dev.shootdown.engine;

/**
 * A numbered family of ports, such as one per CPU that an interrupt can be sent to.
 *
 * @param <M> what may be sent
 */
public interface Ports<M> {
  /** The name that the component declared it by. */
  String name();

  /** How many ports there are. */
  int size();

  /** Port {@code index}; 0 ≤ index &lt; {@link #size()}. */
  Port<M> at(int index);
}
