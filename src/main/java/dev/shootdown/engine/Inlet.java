package dev.shootdown.engine;

import dev.shootdown.image.Opaque;
import java.util.function.Function;

/**
 * Where a component takes messages of one protocol: it names the receiver and wraps what arrives in
 * the receiver's own command.
 *
 * @param <M> what arrives off the wire
 */
public final class Inlet<M> implements Opaque {
  private final String component;
  private final int componentIndex;
  private final String name;
  private final Function<? super M, ?> wrap;

  Inlet(String component, int componentIndex, String name, Function<? super M, ?> wrap) {
    this.component = component;
    this.componentIndex = componentIndex;
    this.name = name;
    this.wrap = wrap;
  }

  /** The receiving component. */
  public String component() {
    return component;
  }

  /** The inlet's own name, such as {@code "invalidation"}. */
  public String name() {
    return name;
  }

  int componentIndex() {
    return componentIndex;
  }

  @SuppressWarnings("unchecked") // a port is only ever connected to an inlet of its own type
  Function<Object, ?> wrap() {
    return (Function<Object, ?>) wrap;
  }
}
