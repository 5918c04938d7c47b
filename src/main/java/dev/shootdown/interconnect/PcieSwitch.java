package dev.shootdown.interconnect;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A PCIe switch: several devices, or other switches, share one link upwards.
 *
 * <ol>
 *   <li>What comes from below waits for the shared link, and occupies it for its size over the
 *       bandwidth. Who is next depends on the {@linkplain PcieSwitchSpec.Arbitration arbitration};
 *       what came through the same port stays in its order.
 *   <li>What comes down goes through the link's other direction, in the order in which it came, to
 *       its device.
 * </ol>
 *
 * <p>Can: contention of devices, in both directions. Can't: credits and traffic classes, so nothing
 * passes anything else of the same port: that is stricter than PCIe's rules, and within them. Nor
 * traffic from device to device.
 *
 * <p>Invariants: each port upwards, and all that comes down, is first in, first out; no message is
 * lost or doubled.
 *
 * <p>Ports: {@code iommu} and {@code memory} upwards; families {@code devices} (from the IOMMU) and
 * {@code dma} (from memory) downwards, by the device's number at this switch. Devices without an
 * IOMMU have the last numbers, as nothing comes down to them from one.
 */
public final class PcieSwitch extends AbstractBehavior<PcieSwitch.Command> {
  /** What this part is told. */
  public sealed interface Command {}

  /** What the switch carries. */
  public sealed interface Carried extends Command {}

  /** Off the wire, through port {@code port}, from a device to its IOMMU. */
  public record ToIommu(int port, Ats.ToIommu body) implements Carried {}

  /** Off the wire, through port {@code port}, from a device to memory. */
  public record ToMemory(int port, Dma.ToMemory body) implements Carried {}

  /** Off the wire, from the IOMMU to device number {@code device} at this switch. */
  public record FromIommu(int device, Ats.ToDevice body) implements Carried {}

  /** Off the wire, from memory to device number {@code device} at this switch. */
  public record FromMemory(int device, Dma.ToDevice body) implements Carried {}

  /** To itself: the oldest message in the shared link has come through it. */
  private record Through(boolean upwards) implements Command {}

  /** To itself: the link upwards is free again. */
  private record Pushed() implements Command {}

  private final Ctx<Command> ctx;
  private final Port<Ats.ToIommu> iommu;
  private final Port<Dma.ToMemory> memory;
  private final Ports<Ats.ToDevice> devices;
  private final Ports<Dma.ToDevice> dma;
  private final PcieSwitchSpec spec;
  private final PortQueues waiting;
  private final Wire up;
  private final Wire down;
  private final Deque<Carried> goingUp = new ArrayDeque<>();
  private final Deque<Carried> goingDown = new ArrayDeque<>();
  private boolean pushing;

  private PcieSwitch(ActorContext<Command> context, PcieSwitchSpec spec, Ctx<Command> ctx) {
    super(context);
    this.ctx = ctx;
    this.spec = spec;
    this.iommu = ctx.port("iommu", Ats.ToIommu.class);
    this.memory = ctx.port("memory", Dma.ToMemory.class);
    this.devices = ctx.ports("devices", Ats.ToDevice.class);
    this.dma = ctx.ports("dma", Dma.ToDevice.class);
    this.waiting = new PortQueues(spec.arbitration());
    WireSpec link = new WireSpec(LatencySpec.constant(spec.latencyPs()),
        Optional.of(spec.bandwidthBytesPerSecond()), spec.overheadBytes(), WireOrder.FIFO);
    this.up = new Wire(link);
    this.down = new Wire(link);
  }

  /** A switch with nothing under way. */
  public static Behavior<Command> create(PcieSwitchSpec spec, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new PcieSwitch(context, spec, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(ToIommu.class, message -> goUp(message.port(), message))
        .onMessage(ToMemory.class, message -> goUp(message.port(), message))
        .onMessage(FromIommu.class, message -> goDown(message, message.body()))
        .onMessage(FromMemory.class, message -> goDown(message, message.body()))
        .onMessage(Through.class, this::onThrough)
        .onMessage(Pushed.class, this::onPushed)
        .build();
  }

  private Behavior<Command> goUp(int port, Carried message) {
    waiting.add(port, message);
    occupied(true);
    if (!pushing) {
      push();
    }
    return this;
  }

  private Behavior<Command> goDown(Carried message, Object body) {
    goingDown.add(message);
    occupied(false);
    ctx.after(down.arrivalPs(ctx.nowPs(), body, ctx.dice()) - ctx.nowPs(), new Through(false));
    return this;
  }

  private Behavior<Command> onPushed(Pushed pushed) {
    pushing = false;
    if (waiting.size() > 0) {
      push();
    }
    return this;
  }

  private void push() {
    pushing = true;
    Carried next = waiting.next();
    goingUp.add(next);
    Object body = next instanceof ToIommu own ? own.body() : ((ToMemory) next).body();
    long takesPs = up.arrivalPs(ctx.nowPs(), body, ctx.dice()) - ctx.nowPs();
    ctx.after(takesPs, new Through(true));
    ctx.after(takesPs - spec.latencyPs(), new Pushed());
  }

  /** Whoever slows this part down makes messages late, but none overtakes another. */
  private Behavior<Command> onThrough(Through through) {
    Carried message = through.upwards() ? goingUp.remove() : goingDown.remove();
    occupied(through.upwards());
    if (message instanceof ToIommu toIommu) {
      ctx.send(iommu, toIommu.body());
    } else if (message instanceof ToMemory toMemory) {
      ctx.send(memory, toMemory.body());
    } else if (message instanceof FromIommu fromIommu) {
      ctx.send(devices.at(fromIommu.device()), fromIommu.body());
    } else if (message instanceof FromMemory fromMemory) {
      ctx.send(dma.at(fromMemory.device()), fromMemory.body());
    }
    return this;
  }

  /** There is no bound; the number of devices stands for what would be usual. */
  private void occupied(boolean upwards) {
    int messages = upwards ? waiting.size() + goingUp.size() : goingDown.size();
    ctx.mark(
        new MachineFact.Occupied(
            upwards ? "upstream-link" : "downstream-link", messages, dma.size()));
  }
}
