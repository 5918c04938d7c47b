package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Hosting;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A host's scheduler: more vCPUs than physical CPUs, each physical CPU with a queue of its own.
 *
 * <ol>
 *   <li>vCPUs of one physical CPU run in turn, each for a slice at most; one that halts or has spun
 *       for too long leaves earlier.
 *   <li>A vCPU whose slice is over goes on while nobody waits. So does one that spins; it is the
 *       first to go when somebody does.
 *   <li>Who begins, and with how much of a slice, is drawn for each physical CPU, so that physical
 *       CPUs don't switch together.
 * </ol>
 *
 * <p>Can: time slices, halting, pause-loop exits. Can't: move a vCPU to another physical CPU,
 * prefer one vCPU to another (fairness of CFS, wake-up preemption, directed yield), gang
 * scheduling.
 *
 * <p>Invariant: at most one vCPU of a physical CPU has been told to run and has not left.
 */
public final class Host extends AbstractBehavior<Host.Command> implements Hosting.HostSide {
  /** What a host listens to. */
  public sealed interface Command {}

  /** A vCPU said something. */
  public record Heard(Hosting.ToHost body) implements Command {}

  /** The next vCPU of this physical CPU is in. */
  record Switched(int physical) implements Command {}

  /** The slice of this turn is over. */
  record SliceOver(int physical, long turn) implements Command {}

  private static final int NOBODY = -1;

  /** One physical CPU. */
  private static final class Physical {
    private final ArrayDeque<Integer> waiting = new ArrayDeque<>();
    private int running = NOBODY;
    private boolean switching;
    private boolean begun;
    private boolean owesItsPlace;
    private boolean stopping;
    private long turn;
  }

  private final HostSpec spec;
  private final Ctx<Command> ctx;
  private final Ports<Hosting.ToCpu> cpus;
  private final Physical[] physicals;
  private int waitingInAll;

  private Host(ActorContext<Command> context, HostSpec spec, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.ctx = ctx;
    this.cpus = ctx.ports("cpus", Hosting.ToCpu.class);
    this.physicals = new Physical[spec.physical()];
    for (int i = 0; i < physicals.length; i++) {
      physicals[i] = new Physical();
    }
  }

  /** A host with these properties; its family {@code cpus} are its vCPUs. */
  public static Behavior<Command> create(HostSpec spec, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new Host(context, spec, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Heard.class, this::onHeard)
        .onMessage(Switched.class, this::onSwitched)
        .onMessage(SliceOver.class, this::onSliceOver)
        .build();
  }

  private Behavior<Command> onHeard(Heard heard) {
    heard.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onSwitched(Switched switched) {
    Physical at = physicals[switched.physical()];
    long slicePs = spec.slicePs();
    if (!at.begun) {
      at.begun = true;
      for (long i = ctx.dice().below(at.waiting.size()); i > 0; i--) {
        at.waiting.addLast(at.waiting.removeFirst());
      }
      slicePs = 1 + ctx.dice().below(slicePs);
    }
    at.switching = false;
    at.running = at.waiting.removeFirst();
    at.owesItsPlace = false;
    at.stopping = false;
    at.turn++;
    waits(-1);
    ctx.send(cpus.at(at.running), new Hosting.Run(spec.spinMaxPs()));
    ctx.after(slicePs, new SliceOver(switched.physical(), at.turn));
    return this;
  }

  private Behavior<Command> onSliceOver(SliceOver over) {
    Physical at = physicals[over.physical()];
    if (over.turn() == at.turn && at.running != NOBODY) {
      at.owesItsPlace = true;
      stopIfWanted(at);
    }
    return this;
  }

  @Override
  public void on(Hosting.Ready ready) {
    if (!isItsOwn(ready.cpu())) {
      return;
    }
    int number = ready.cpu() % physicals.length;
    Physical at = physicals[number];
    if (at.running == ready.cpu() || at.waiting.contains(ready.cpu())) {
      breach("a vCPU is ready once for each time it has halted");
      return;
    }
    at.waiting.addLast(ready.cpu());
    waits(1);
    if (at.running == NOBODY) {
      switchTo(at, number, spec.switchPs());
    } else {
      stopIfWanted(at);
    }
  }

  @Override
  public void on(Hosting.Left left) {
    if (!isItsOwn(left.cpu())) {
      return;
    }
    int number = left.cpu() % physicals.length;
    Physical at = physicals[number];
    if (at.running != left.cpu()) {
      breach("a vCPU leaves once for each time it runs");
      return;
    }
    if (left.why() == Hosting.Why.SPUN && at.waiting.isEmpty()) {
      at.owesItsPlace = true; // nobody else wants it: back at once
      at.stopping = false;
      ctx.send(cpus.at(left.cpu()), new Hosting.Run(0));
      return;
    }
    at.running = NOBODY;
    if (left.why() != Hosting.Why.HALTED) {
      at.waiting.addLast(left.cpu());
      waits(1);
    }
    if (!at.waiting.isEmpty()) {
      switchTo(at, number, spec.switchPs());
    }
  }

  private boolean isItsOwn(int cpu) {
    boolean own = cpu >= 0 && cpu < cpus.size();
    if (!own) {
      breach("a host has vCPUs 0 to " + (cpus.size() - 1) + ", no " + cpu);
    }
    return own;
  }

  private void breach(String rule) {
    ctx.mark(new MachineFact.ProtocolBreach(rule));
  }

  private void switchTo(Physical at, int number, long afterPs) {
    if (!at.switching) {
      at.switching = true;
      ctx.after(afterPs, new Switched(number));
    }
  }

  private void stopIfWanted(Physical at) {
    if (at.owesItsPlace && !at.stopping && !at.waiting.isEmpty()) {
      at.stopping = true;
      ctx.send(cpus.at(at.running), new Hosting.Stop());
    }
  }

  private void waits(int more) {
    waitingInAll += more;
    ctx.mark(new MachineFact.Occupied("vcpus-waiting", waitingInAll, cpus.size()));
  }
}
