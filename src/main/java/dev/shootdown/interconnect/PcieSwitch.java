package dev.shootdown.interconnect;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Port;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A PCIe switch: several devices share one link upwards.
 *
 * <ol>
 *   <li>What devices send is sent up in the order in which it came, one after the other; each
 *       message occupies the shared link for its size over the bandwidth.
 *   <li>What comes down goes the same way through the link's other direction, to its device.
 * </ol>
 *
 * <p>Can: contention of devices, in both directions. Can't: credits and priorities, so nothing
 * passes anything else inside: that is stricter than PCIe's rules, and within them.
 *
 * <p>Invariants: each direction is first in, first out.
 *
 * <p>Ports: {@code iommu} and {@code memory} upwards; families {@code devices} (from the IOMMU) and
 * {@code dma} (from memory) downwards, by the device's number at this switch.
 */
public final class PcieSwitch extends AbstractBehavior<PcieSwitch.Command> {
  /** What this part is told. */
  public sealed interface Command {}

  /** What the switch carries. */
  public sealed interface Carried extends Command {}

  /** Off the wire, from a device to its IOMMU. */
  public record ToIommu(Ats.ToIommu body) implements Carried {}

  /** Off the wire, from a device to memory. */
  public record ToMemory(Dma.ToMemory body) implements Carried {}

  /** Off the wire, from the IOMMU to device number {@code device} at this switch. */
  public record FromIommu(int device, Ats.ToDevice body) implements Carried {}

  /** Off the wire, from memory to device number {@code device} at this switch. */
  public record FromMemory(int device, Dma.ToDevice body) implements Carried {}

  /** To itself: the message has come through the shared link. */
  private record Through(Carried message) implements Command {}

  private final Ctx<Command> ctx;
  private final Port<Ats.ToIommu> iommu;
  private final Port<Dma.ToMemory> memory;
  private final Ports<Ats.ToDevice> devices;
  private final Ports<Dma.ToDevice> dma;
  private final Wire up;
  private final Wire down;

  private PcieSwitch(ActorContext<Command> context, PcieSwitchSpec spec, Ctx<Command> ctx) {
    super(context);
    this.ctx = ctx;
    this.iommu = ctx.port("iommu", Ats.ToIommu.class);
    this.memory = ctx.port("memory", Dma.ToMemory.class);
    this.devices = ctx.ports("devices", Ats.ToDevice.class);
    this.dma = ctx.ports("dma", Dma.ToDevice.class);
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
        .onMessage(ToIommu.class, message -> share(up, message, message.body()))
        .onMessage(ToMemory.class, message -> share(up, message, message.body()))
        .onMessage(FromIommu.class, message -> share(down, message, message.body()))
        .onMessage(FromMemory.class, message -> share(down, message, message.body()))
        .onMessage(Through.class, this::onThrough)
        .build();
  }

  private Behavior<Command> share(Wire link, Carried message, Object body) {
    Dice dice = ctx.dice();
    ctx.after(link.arrivalPs(ctx.nowPs(), body, dice) - ctx.nowPs(), new Through(message));
    return this;
  }

  private Behavior<Command> onThrough(Through through) {
    Carried message = through.message();
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
}
