package dev.shootdown.engine;

import java.io.Serializable;
import java.util.function.Consumer;

/**
 * What a part does later, kept as code in between: when an answer came, a lock was given, time has
 * passed. Being {@link Serializable} lets a lambda say which one it is and what it captured, so
 * that a checkpoint can name it; nothing is ever serialized by Java.
 */
public interface Continuation extends Runnable, Serializable {
  /** The same with a value that is known only then. */
  interface With<T> extends Consumer<T>, Serializable {}
}
