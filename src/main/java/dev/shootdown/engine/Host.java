package dev.shootdown.engine;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Lives as long as its actor system, one per partition, on that partition's dispatcher. Each run
 * gets a fresh child of it, under which the run's components are spawned; stopping the child stops
 * them all.
 */
final class Host extends AbstractBehavior<Host.Command> {
  sealed interface Command {}

  /** Spawns {@code cells} under a fresh parent. */
  record Begin(List<Spawning<?>> cells) implements Command {}

  /** Stops the parent; {@code done} is set once nothing of the run is left. */
  record End(Runnable done) implements Command {}

  /** One component to be spawned. */
  record Spawning<C>(Cell<C> cell, Blueprint.Component<C> component) {
    void spawn(ActorContext<Void> parent) {
      Behavior<C> watched = Watchdog.around(cell, component.create());
      // A component may be called what an actor may not.
      String name = URLEncoder.encode(cell.name(), StandardCharsets.UTF_8);
      cell.ref = parent.spawn(watched, name, DispatcherSelector.sameAsParent());
    }
  }

  private long runs;
  private ActorRef<Void> parent;
  private Runnable whenEnded;

  private Host(ActorContext<Command> context) {
    super(context);
  }

  static Behavior<Command> create() {
    return Behaviors.setup(Host::new);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Begin.class, this::onBegin)
        .onMessage(End.class, this::onEnd)
        .onSignal(ChildFailed.class, failed -> onGone())
        .onSignal(Terminated.class, gone -> onGone())
        .build();
  }

  private Behavior<Command> onBegin(Begin begin) {
    parent =
        getContext()
            .spawn(
                Behaviors.<Void>setup(
                    context -> {
                      for (Spawning<?> cell : begin.cells()) {
                        cell.spawn(context);
                      }
                      return Behaviors.empty();
                    }),
                "run-" + ++runs,
                DispatcherSelector.sameAsParent());
    getContext().watch(parent);
    return this;
  }

  private Behavior<Command> onEnd(End end) {
    whenEnded = end.done();
    getContext().stop(parent);
    return this;
  }

  private Behavior<Command> onGone() {
    if (whenEnded != null) {
      whenEnded.run();
      whenEnded = null;
    }
    return this;
  }
}
