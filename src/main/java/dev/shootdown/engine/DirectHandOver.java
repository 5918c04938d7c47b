package dev.shootdown.engine;

import org.apache.pekko.actor.Actor;
import org.apache.pekko.actor.LocalActorRef;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.internal.adapter.ActorContextAdapter;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Hands a message to an idle actor on the partition's own thread, without a mailbox in between.
 *
 * <p>It does what Pekko's {@code ActorAdapter} does with a message that is neither a signal nor for
 * an adapter, and leaves out the search for those: asking an object whether it is a
 * {@code Signal}, when it is not, takes the JVM as long as a third of an event (decision 3).
 * Whatever is not an ordinary step, such as stopping, goes through the adapter all the same.
 *
 * <p>It relies on signatures that are internal to Pekko 1.x: that is why it stands alone here,
 * beside the plain {@code tell}, which stays selectable. It is sound only where the partition's
 * loop calls it: between two events, when all tasks of the dispatcher are done. Then the actor's
 * mailbox is empty, no other actor is running on this thread, and the actor can be neither
 * suspended nor about to stop, since the watchdog lets no exception out and the engine knows who
 * has stopped.
 */
final class DirectHandOver {
  private DirectHandOver() {}

  /** The context of an actor, through which it is told on which thread it runs. */
  static <C> ActorContextAdapter<C> contextOf(TypedActorContext<C> context) {
    return (ActorContextAdapter<C>) context;
  }

  @SuppressWarnings("unchecked") // inlets and after() only ever produce the receiver's commands
  static <C> void hand(Cell<C> to, Object message) {
    Watchdog<C> watchdog = to.watchdog;
    ActorContextAdapter<C> context = watchdog.context();
    Behavior<C> next;
    context.setCurrentActorThread();
    try {
      next = watchdog.receive(context, (C) message);
    } finally {
      context.clearCurrentActorThread();
      context.clearMdc();
    }
    if (next != Behaviors.<C>same()) {
      watchdog.leave(next);
      adapterOf(to.ref).aroundReceive(null, message);
    }
  }

  private static Actor adapterOf(ActorRef<?> ref) {
    return ((LocalActorRef) Adapter.toClassic(ref)).underlying().actor();
  }
}
