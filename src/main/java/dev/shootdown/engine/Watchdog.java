package dev.shootdown.engine;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.internal.AbstractSupervisor;
import org.apache.pekko.actor.typed.internal.InterceptorImpl;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Around every model's behaviour: catches what it throws and sees what it leaves unhandled, on the
 * partition's own thread, before the next event. A supervisor strategy would hide both, so it is
 * refused.
 */
final class Watchdog<C> extends BehaviorInterceptor<C, C> {
  private final Cell<C> cell;

  /** What runs inside; handing it back as "same" spares Pekko a new wrapper per message. */
  private Behavior<C> inner;

  Watchdog(Cell<C> cell, Class<C> anything) {
    super(anything);
    this.cell = cell;
  }

  @Override
  public Behavior<C> aroundStart(TypedActorContext<C> context, PreStartTarget<C> target) {
    try {
      Behavior<C> started = target.start(context);
      for (Behavior<C> b = started; b instanceof InterceptorImpl<?, ?>; ) {
        InterceptorImpl<?, C> layer = layer(b);
        if (layer.interceptor() instanceof AbstractSupervisor<?, ?>) {
          fail("start", "a model must not have a supervisor strategy: it would hide a failure", null);
          return Behaviors.stopped();
        }
        b = layer.nestedBehavior();
      }
      inner = started;
      return started;
    } catch (Exception thrown) {
      fail("start", describe(thrown), thrown);
      return Behaviors.stopped();
    }
  }

  @SuppressWarnings("unchecked") // an interceptor's inner behaviour has the outer one's type here
  private static <C> InterceptorImpl<?, C> layer(Behavior<C> behavior) {
    return (InterceptorImpl<?, C>) behavior;
  }

  @Override
  public Behavior<C> aroundReceive(
      TypedActorContext<C> context, C message, ReceiveTarget<C> target) {
    if (!cell.partition().accept(cell, message)) {
      return Behaviors.same();
    }
    try {
      Behavior<C> next = target.apply(context, message);
      if (next == inner) {
        return Behaviors.same();
      }
      if (Behavior.isUnhandled(next)) {
        fail(message, "the part does not handle this message", null);
      } else if (!Behavior.isAlive(next)) {
        cell.stopped = true;
      } else if (next != Behaviors.<C>same()) {
        inner = next;
      }
      return next;
    } catch (Exception thrown) {
      fail(message, describe(thrown), thrown);
      return Behaviors.same();
    }
  }

  private void fail(Object message, String what, Throwable cause) {
    cell.partition().fail(cell, message, what, cause);
  }

  private static String describe(Throwable thrown) {
    String text = thrown.getMessage();
    return thrown.getClass().getSimpleName() + (text == null ? "" : ": " + text);
  }
}
