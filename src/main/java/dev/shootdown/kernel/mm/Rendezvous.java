package dev.shootdown.kernel.mm;

import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.KernelCall;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Where programs on different CPUs meet by name, so that a scenario can ask for one interleaving:
 * gates that are opened once and stay open, and barriers that let a round through when it is
 * complete. No kernel has it; it stands for the luck that a race needs.
 */
public final class Rendezvous extends Domain<Rendezvous.Command> {
  /** What a rendezvous listens to. */
  public sealed interface Command {}

  /** A CPU calls. */
  public record Arrived(KernelCall.ToKernel body) implements Command {}

  private final TreeSet<String> open = new TreeSet<>();
  private final TreeMap<String, List<Waiting>> atGates = new TreeMap<>();
  private final TreeMap<String, List<Waiting>> atBarriers = new TreeMap<>();

  private Rendezvous(ActorContext<Command> context, Ctx<Command> ctx) {
    super(context, ctx);
  }

  /** All gates shut, nobody at a barrier. */
  public static Behavior<Command> create(Ctx<Command> ctx) {
    return Behaviors.setup(context -> new Rendezvous(context, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(
            Arrived.class,
            arrived -> {
              arrived.body().deliverTo(this);
              return this;
            })
        .build();
  }

  @Override
  public void on(KernelCall.Call call) {
    Waiting waiting = new Waiting(call, ctx.nowPs());
    if (call.request() instanceof KernelCall.Await gate) {
      if (open.contains(gate.name())) {
        letThrough(waiting);
      } else {
        atGates.computeIfAbsent(gate.name(), name -> new ArrayList<>()).add(waiting);
      }
    } else if (call.request() instanceof KernelCall.Barrier barrier) {
      List<Waiting> here =
          atBarriers.computeIfAbsent(barrier.name(), name -> new ArrayList<>());
      here.add(waiting);
      if (here.size() >= barrier.count()) {
        atBarriers.remove(barrier.name());
        here.forEach(this::letThrough);
      }
    } else if (call.request() instanceof KernelCall.Signal signal) {
      signal(signal);
      answer(call, new KernelCall.Ok());
    } else {
      refuse(call.request());
    }
  }

  @Override
  public void on(KernelCall.Post post) {
    if (post.request() instanceof KernelCall.Signal signal) {
      signal(signal);
    } else {
      refuse(post.request());
    }
  }

  private void signal(KernelCall.Signal signal) {
    open.add(signal.name());
    List<Waiting> here = atGates.remove(signal.name());
    if (here != null) {
      here.forEach(this::letThrough);
    }
  }

  private void letThrough(Waiting waiting) {
    answer(waiting.call(), new KernelCall.Ok(), waiting.arrivedPs(), ctx.nowPs());
  }
}
