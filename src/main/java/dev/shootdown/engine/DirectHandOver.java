package dev.shootdown.engine;

import org.apache.pekko.actor.Actor;
import org.apache.pekko.actor.LocalActorRef;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;

/**
 * Hands a message to an idle actor on the partition's own thread, without a mailbox in between.
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

  /** The actor behind {@code ref}, which must have been created and not have stopped. */
  static Actor actorOf(ActorRef<?> ref) {
    return ((LocalActorRef) Adapter.toClassic(ref)).underlying().actor();
  }

  static void hand(Cell<?> to, Object message) {
    to.actor.aroundReceive(null, message);
  }
}
