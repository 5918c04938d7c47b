package dev.shootdown.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How far a partition has come. Its thread says so after each window, and anybody may look.
 *
 * <p>A volatile store would wait until all stores before it are done, those among them to lines
 * that another core has read (decision 8). Who looks is told again soon, and needs no such thing.
 */
final class Progress extends Apart {
  private static final VarHandle AT_PS = handle("atPs");
  private static final VarHandle EVENTS = handle("events");

  private volatile long atPs;
  private volatile long events;

  private static VarHandle handle(String field) {
    try {
      return MethodHandles.lookup().findVarHandle(Progress.class, field, long.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /** Nothing is left before {@code timePs}; an earlier time than before changes nothing. */
  void reached(long timePs) {
    if (timePs > (long) AT_PS.get(this)) {
      AT_PS.setRelease(this, timePs);
    }
  }

  /** So many events have been delivered. */
  void delivered(long count) {
    EVENTS.setRelease(this, count);
  }

  /** Starts again, at {@code timePs}. */
  void restart(long timePs) {
    AT_PS.setRelease(this, timePs);
  }

  /** In ps. */
  long atPs() {
    return atPs;
  }

  long events() {
    return events;
  }
}
