package dev.shootdown.kernel.ocxl;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.OpenCapi;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * What Linux's ocxl driver keeps for one link: the lock of its shoot-down registers, and the one
 * fault that the link has raised (Linux 6.12, drivers/misc/ocxl/link.c).
 *
 * <ol>
 *   <li>CPUs take the lock (atsd_lock) in the order in which they come; its holder launches
 *       shoot-downs, each when the last is over. One that takes longer than a second is given up
 *       with a message in the log, and the flush goes on as if it were done.
 *   <li>A fault waits until a worker asks for it. The worker's result goes to the link: RESTART or
 *       ADDRESS_ERROR.
 *   <li>The driver makes the nest MMU one of the address space's CPUs when a process element is
 *       added, so that no flush of it is a local one; whether the link snoops tlbie or not
 *       (ocxl_link_add_pe, mm_context_add_copro).
 * </ol>
 *
 * <p>Can't: adding and removing process elements while time runs.
 *
 * <p>Invariant: one shoot-down is under way at a time, and only for who holds the lock.
 *
 * <p>Ports: {@code cpus} by number; {@code link}; {@code spaces}, those that have an element.
 */
public final class OcxlLink extends AbstractBehavior<OcxlLink.Command>
    implements KernelCall.KernelSide, OpenCapi.DriverSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from a CPU. */
  public record Called(KernelCall.ToKernel body) implements Command {}

  /** Off the wire, from the link. */
  public record LinkSaid(OpenCapi.ToDriver body) implements Command {}

  /** To itself: the bottom half may run. */
  private record Scheduled(KernelCall.WantedFault fault) implements Command {}

  /** To itself: time to look how long the driver has been polling. */
  private record Look() implements Command {}

  private record Waiting(KernelCall.Call call, long arrivedPs) {}

  /** Most shoot-downs are over by the first look, and a later one comes after twice the time. */
  private static final long FIRST_LOOK_PS = 10_000_000;

  private final OcxlSpec spec;
  private final Ctx<Command> ctx;
  private final Ports<KernelCall.ToCpu> cpus;
  private final Port<OpenCapi.ToLink> link;
  private final ArrayDeque<Waiting> lock = new ArrayDeque<>();
  private final ArrayDeque<Waiting> workers = new ArrayDeque<>();
  private final ArrayDeque<KernelCall.WantedFault> faults = new ArrayDeque<>();
  private Waiting polling;
  private boolean looking;
  private long shootDowns;
  private long requests;

  private OcxlLink(
      ActorContext<Command> context, OcxlSpec spec, int coproNumber, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.ctx = ctx;
    this.cpus = ctx.ports("cpus", KernelCall.ToCpu.class);
    this.link = ctx.port("link", OpenCapi.ToLink.class);
    Ports<KernelCall.ToKernel> spaces = ctx.ports("spaces", KernelCall.ToKernel.class);
    for (int i = 0; i < spaces.size(); i++) {
      ctx.send(
          spaces.at(i),
          new KernelCall.Post(coproNumber, -1, new KernelCall.TakeUp(coproNumber)));
    }
  }

  /**
   * The driver's state of a link whose process elements are all there.
   *
   * @param coproNumber what stands for the nest MMU in an address space's mask of CPUs
   */
  public static Behavior<Command> create(
      OcxlSpec spec, int coproNumber, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new OcxlLink(context, spec, coproNumber, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Called.class, called -> does(() -> called.body().deliverTo(this)))
        .onMessage(LinkSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(Scheduled.class, scheduled -> does(() -> offer(scheduled.fault())))
        .onMessage(Look.class, look -> does(this::look))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  @Override
  public void on(KernelCall.Call call) {
    Waiting waiting = new Waiting(call, ctx.nowPs());
    if (call.request() instanceof KernelCall.Lock) {
      lock.add(waiting);
      if (lock.size() == 1) {
        admit();
      }
    } else if (call.request() instanceof KernelCall.ShootDown wanted) {
      launch(waiting, wanted);
    } else if (call.request() instanceof KernelCall.TakeFault) {
      workers.add(waiting);
      match();
    } else {
      refuse(call.request());
    }
  }

  @Override
  public void on(KernelCall.Post post) {
    if (post.request() instanceof KernelCall.Unlock) {
      unlock(post.operation());
    } else if (post.request() instanceof KernelCall.FaultServed served) {
      ctx.send(link, new OpenCapi.Acknowledged(served.served()));
    } else {
      refuse(post.request());
    }
  }

  /** It is never answered, so whoever waits for it hangs. */
  private void refuse(KernelCall.Request request) {
    ctx.mark(
        new MachineFact.ProtocolBreach(
            ctx.name() + " cannot serve " + request.getClass().getSimpleName()));
  }

  private void admit() {
    Waiting first = lock.element();
    ctx.mark(
        new MachineFact.LockTaken(
            first.call().operation(), ctx.name(), first.arrivedPs()));
    answer(first, new KernelCall.Ok(), ctx.nowPs());
  }

  private void unlock(long operation) {
    if (lock.isEmpty()) {
      breach("operation " + operation + " unlocked " + ctx.name() + ", which was not locked");
      return;
    }
    lock.remove();
    ctx.mark(new MachineFact.LockDropped(operation, ctx.name()));
    if (!lock.isEmpty()) {
      admit();
    }
  }

  private void launch(Waiting waiting, KernelCall.ShootDown wanted) {
    if (lock.isEmpty() || lock.element().call().cpu() != waiting.call().cpu()) {
      breach("CPU " + waiting.call().cpu() + " launches a shoot-down without the lock");
    }
    polling = waiting;
    shootDowns++;
    ctx.send(
        link,
        new OpenCapi.ShootDown(shootDowns, wanted.mm(), wanted.range(), wanted.removes()));
    lookLater();
  }

  /**
   * One timer at a time for all shoot-downs. A timer for the whole limit of each would be left
   * behind by nearly all, and the run would not be over until the last one rings.
   */
  private void lookLater() {
    if (!looking && polling != null && spec.giveUpPs() > 0) {
      looking = true;
      long polledPs = ctx.nowPs() - polling.arrivedPs();
      ctx.after(
          Math.min(spec.giveUpPs() - polledPs, Math.max(FIRST_LOOK_PS, polledPs)), new Look());
    }
  }

  private void look() {
    looking = false;
    if (polling != null && ctx.nowPs() - polling.arrivedPs() >= spec.giveUpPs()) {
      KernelCall.Call call = polling.call();
      ctx.mark(new MachineFact.SubmissionAbandoned(call.operation(), call.cpu()));
      polled();
    }
    lookLater();
  }

  private void breach(String rule) {
    ctx.mark(new MachineFact.ProtocolBreach(rule));
  }

  @Override
  public void on(OpenCapi.ShotDown shotDown) {
    if (shotDown.number() < 1 || shotDown.number() > shootDowns) {
      breach("a link has shot down what it was not told to");
    } else if (shotDown.number() == shootDowns && polling != null) {
      polled();
    }
  }

  private void polled() {
    Waiting over = polling;
    polling = null;
    answer(over, new KernelCall.Ok(), over.arrivedPs());
  }

  @Override
  public void on(OpenCapi.Faulted faulted) {
    ctx.after(
        spec.entryPs(),
        new Scheduled(
            new KernelCall.WantedFault(
                requests++, faulted.mm(), faulted.page(), faulted.write())));
  }

  private void offer(KernelCall.WantedFault fault) {
    faults.add(fault);
    match();
  }

  private void match() {
    if (!workers.isEmpty() && !faults.isEmpty()) {
      answer(workers.remove(), faults.remove(), ctx.nowPs());
    }
  }

  private void answer(Waiting to, KernelCall.Result result, long grantedPs) {
    ctx.send(
        cpus.at(to.call().cpu()),
        new KernelCall.Reply(
            to.call().ticket(), result, to.arrivedPs(), grantedPs, ctx.nowPs()));
  }
}
