package dev.shootdown.testkit;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Sees what a part throws and what it leaves unhandled, which Pekko would only log. A part that has
 * thrown is stopped.
 */
final class Watch<C> extends BehaviorInterceptor<C, C> {
  private final String name;
  private Object seen;
  private boolean unhandled;
  private Throwable thrown;

  @SuppressWarnings("unchecked") // whatever the commands are, all of them are objects
  Watch(String name) {
    super((Class<C>) Object.class);
    this.name = name;
  }

  @Override
  public Behavior<C> aroundStart(TypedActorContext<C> context, PreStartTarget<C> target) {
    try {
      return target.start(context);
    } catch (RuntimeException | Error broken) {
      thrown = broken;
      return Behaviors.stopped();
    }
  }

  @Override
  public Behavior<C> aroundReceive(
      TypedActorContext<C> context, C message, ReceiveTarget<C> target) {
    seen = message;
    try {
      Behavior<C> next = target.apply(context, message);
      unhandled = Behavior.isUnhandled(next);
      return next;
    } catch (RuntimeException | Error broken) {
      thrown = broken;
      return Behaviors.stopped();
    }
  }

  /** Throws what the part has thrown. */
  void check() {
    Throwable broken = thrown;
    thrown = null;
    if (broken instanceof RuntimeException unchecked) {
      throw unchecked;
    } else if (broken instanceof Error error) {
      throw error;
    }
  }

  /** The same; and fails if the part has not handled {@code command}, told just now. */
  void check(Object command) {
    check();
    if (seen != command) {
      throw new AssertionError(name + " has stopped, so it never gets " + command);
    } else if (unhandled) {
      throw new AssertionError(name + " leaves " + command + " unhandled");
    }
    seen = null;
  }
}
