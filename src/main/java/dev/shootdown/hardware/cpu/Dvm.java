package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The interconnect of one domain of CPUs, as far as it propagates TLB invalidations: DVM messages
 * of arm64, INVLPGB, tlbie.
 *
 * <ol>
 *   <li>Instructions of all CPUs pass through one after the other, whoever issued them.
 *   <li>What has passed goes to all CPUs but the issuer, and is done when all have acknowledged.
 *   <li>A CPU that waits is answered when everything that it had issued is done.
 * </ol>
 *
 * <p>Can: latency that grows with the CPUs that broadcast at a time. Can't: filters that spare CPUs
 * which don't hold anything, more than one domain, resending.
 *
 * <p>Invariants: messages pass in the order of arrival; no answer before the last acknowledgement.
 */
public final class Dvm extends AbstractBehavior<Dvm.Command>
    implements Broadcast.InterconnectSide {
  /** What the interconnect listens to. */
  public sealed interface Command {}

  /** A CPU said something. */
  public record Arrived(Broadcast.ToInterconnect body) implements Command {}

  /** The first in the queue has passed. */
  record Passed() implements Command {}

  /** Time to answer the CPU that waits. */
  record Answer(int cpu, long ticket) implements Command {}

  /** What has passed and is not done. */
  private static final class Flight {
    private final int from;
    private int missing;

    private Flight(int from, int missing) {
      this.from = from;
      this.missing = missing;
    }
  }

  private final DvmSpec spec;
  private final Ctx<Command> ctx;
  private final Ports<Broadcast.ToCpu> cpus;
  private final ArrayDeque<Broadcast.Invalidate> waiting = new ArrayDeque<>();
  private final Map<Long, Flight> flights = new TreeMap<>();
  private final long[] done;
  private final Broadcast.Sync[] syncs;
  private long passed;

  private Dvm(ActorContext<Command> context, DvmSpec spec, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.ctx = ctx;
    this.cpus = ctx.ports("cpus", Broadcast.ToCpu.class);
    this.done = new long[cpus.size()];
    this.syncs = new Broadcast.Sync[cpus.size()];
  }

  /** An interconnect with these properties; its family {@code cpus} is its domain. */
  public static Behavior<Command> create(DvmSpec spec, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new Dvm(context, spec, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Arrived.class, this::onArrived)
        .onMessage(Passed.class, this::onPassed)
        .onMessage(Answer.class, this::onAnswer)
        .build();
  }

  private Behavior<Command> onArrived(Arrived arrived) {
    arrived.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onPassed(Passed passedOn) {
    Broadcast.Invalidate first = waiting.removeFirst();
    occupied();
    long number = passed++;
    if (cpus.size() == 1) {
      isDone(first.from());
    } else {
      flights.put(number, new Flight(first.from(), cpus.size() - 1));
      Broadcast.Forget forget = new Broadcast.Forget(number, first.what());
      for (int i = 0; i < cpus.size(); i++) {
        if (i != first.from()) {
          ctx.send(cpus.at(i), forget);
        }
      }
    }
    if (!waiting.isEmpty()) {
      passFirst();
    }
    return this;
  }

  private Behavior<Command> onAnswer(Answer answer) {
    ctx.send(cpus.at(answer.cpu()), new Broadcast.Synced(answer.ticket()));
    return this;
  }

  @Override
  public void on(Broadcast.Invalidate invalidate) {
    waiting.addLast(invalidate);
    occupied();
    if (waiting.size() == 1) {
      passFirst();
    }
  }

  private void passFirst() {
    ctx.after(
        Math.multiplyExact(waiting.peekFirst().instructions(), spec.messagePs()), new Passed());
  }

  /** At most one message of each CPU waits in its turn, as far as CPUs wait for theirs. */
  private void occupied() {
    ctx.mark(new MachineFact.Occupied("broadcasts", waiting.size(), cpus.size()));
  }

  @Override
  public void on(Broadcast.Sync sync) {
    syncs[sync.from()] = sync;
    answerIfDone(sync.from());
  }

  @Override
  public void on(Broadcast.Forgotten forgotten) {
    Flight flight = flights.get(forgotten.number());
    if (flight == null) {
      ctx.mark(new MachineFact.ProtocolBreach("a CPU acknowledges what it was told, once"));
      return;
    }
    flight.missing--;
    if (flight.missing == 0) {
      flights.remove(forgotten.number());
      isDone(flight.from);
    }
  }

  private void isDone(int from) {
    done[from]++;
    answerIfDone(from);
  }

  private void answerIfDone(int from) {
    Broadcast.Sync sync = syncs[from];
    if (sync != null && done[from] >= sync.issued()) {
      syncs[from] = null;
      ctx.after(spec.syncPs(), new Answer(from, sync.ticket()));
    }
  }
}
