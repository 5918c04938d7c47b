package dev.shootdown.engine;

import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ExtensibleBehavior;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.internal.AbstractSupervisor;
import org.apache.pekko.actor.typed.internal.InterceptorImpl;
import org.apache.pekko.actor.typed.internal.adapter.ActorContextAdapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Around every model's behaviour: catches what it throws and sees what it leaves unhandled, on the
 * partition's own thread, before the next event. A supervisor strategy would hide both, so it is
 * refused.
 *
 * <p>It is an interceptor written out by hand: Pekko's own keeps four more objects per actor, and
 * fetching those into the cache would cost more than an event's work.
 */
final class Watchdog<C> extends ExtensibleBehavior<C> {
  private final Cell<C> cell;
  private final ActorContextAdapter<C> context;
  private Behavior<C> inner;
  private Behavior<C> leaving;

  private Watchdog(Cell<C> cell, TypedActorContext<C> context) {
    this.cell = cell;
    this.context = DirectHandOver.contextOf(context);
    cell.watchdog = this;
  }

  /** The behaviour of the actor behind {@code cell}: what {@code create} makes, watched. */
  static <C> Behavior<C> around(Cell<C> cell, Function<Ctx<C>, Behavior<C>> create) {
    return Behaviors.setup(context -> new Watchdog<>(cell, context).start(create));
  }

  private Behavior<C> start(Function<Ctx<C>, Behavior<C>> create) {
    try {
      Behavior<C> started =
          Behavior.start(Behavior.validateAsInitial(create.apply(cell)), context);
      return become(started, "start") ? this : started;
    } catch (Exception | Error thrown) {
      return broken("start", thrown);
    }
  }

  @Override
  public Behavior<C> receive(TypedActorContext<C> context, C message) {
    if (leaving != null) {
      return leaving;
    }
    if (!cell.partition().accept(cell, message)) {
      return Behaviors.same();
    }
    try {
      return after(Behavior.interpretMessage(inner, context, message), context, message);
    } catch (Exception | Error thrown) {
      return broken(message, thrown);
    }
  }

  @Override
  public Behavior<C> receiveSignal(TypedActorContext<C> context, Signal signal) {
    try {
      Behavior<C> next = Behavior.interpretSignal(inner, context, signal);
      return Behavior.isUnhandled(next) ? next : after(next, context, signal);
    } catch (Exception | Error thrown) {
      return broken(signal, thrown);
    }
  }

  private Behavior<C> after(Behavior<C> next, TypedActorContext<C> context, Object message) {
    if (next == inner || next == Behaviors.<C>same()) {
      return Behaviors.same();
    }
    if (Behavior.isUnhandled(next)) {
      fail(message, "the part does not handle this message", null);
      return Behaviors.same();
    }
    Behavior<C> other = Behavior.canonicalize(next, inner, context);
    return become(other, message) ? Behaviors.same() : other;
  }

  /** Goes on as {@code next}; false if that has stopped. */
  private boolean become(Behavior<C> next, Object message) {
    if (!Behavior.isAlive(next)) {
      cell.stopped = true;
      return false;
    }
    for (Behavior<C> b = next; b instanceof InterceptorImpl<?, ?>; ) {
      InterceptorImpl<?, C> layer = layer(b);
      if (layer.interceptor() instanceof AbstractSupervisor<?, ?>) {
        fail(message, "a model must not have a supervisor strategy: it would hide a failure", null);
      }
      b = layer.nestedBehavior();
    }
    inner = next;
    return true;
  }

  @SuppressWarnings("unchecked") // an interceptor's inner behaviour has the outer one's type here
  private static <C> InterceptorImpl<?, C> layer(Behavior<C> behavior) {
    return (InterceptorImpl<?, C>) behavior;
  }

  ActorContextAdapter<C> context() {
    return context;
  }

  /** The next message, whatever it is, makes the actor become {@code next}. */
  void leave(Behavior<C> next) {
    leaving = next;
  }

  /** What handles messages at present. */
  Behavior<C> behavior() {
    return inner;
  }

  /** Messages are handled by {@code behavior} from now on, which was this part's before. */
  @SuppressWarnings("unchecked") // it was this part's
  void goOnAs(Behavior<?> behavior) {
    inner = (Behavior<C>) behavior;
  }

  /** Reads this object, so that the processor has it; what comes out means nothing. */
  int look() {
    return inner == null ? 1 : 0;
  }

  /** Reads what this object refers to. {@code any} is any class. */
  int lookFurther(Class<?> any) {
    return inner != null && inner.getClass() == any || context.getClass() == any ? 1 : 0;
  }

  private Behavior<C> broken(Object message, Throwable thrown) {
    String text = thrown.getMessage();
    String name = thrown.getClass().getSimpleName();
    fail(message, text == null ? name : name + ": " + text, thrown);
    cell.stopped = true;
    return Behaviors.stopped();
  }

  private void fail(Object message, String what, Throwable cause) {
    cell.partition().fail(cell, message, what, cause);
  }
}
