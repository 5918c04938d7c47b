package dev.shootdown.cluster;

import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import java.util.List;

/** Something that several nodes run together, as each of them has read it for itself. */
public interface Task {
  /** Equal for equal readings: what nodes compare before time starts. */
  String hash();

  /** The roots of what its wires carry. */
  List<Class<?>> messages();

  /** The roots of what its parts state. */
  List<Class<?>> facts();

  /** Runs it as a worker does, whose outcome the coordinator gathers. */
  void run(SystemPool pool, int workers, StopFlag stop);

  /** Reads tasks of one kind. */
  interface Reader {
    /** What such tasks are called. */
    String kind();

    /**
     * The task that {@code text} means.
     *
     * @throws RuntimeException whose message says why there is none
     */
    Task read(String text, long seed);
  }
}
