package dev.shootdown.hardware.memory;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Dma;
import dev.shootdown.trace.MachineFact;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Memory as devices reach it.
 *
 * <ol>
 *   <li>A transfer of another node's frame is passed on to that node, and its answer passed back:
 *       remote memory costs its path, and nothing here.
 *   <li>A transfer joins the queue of its frame's channel.
 *   <li>It occupies the channel for its size over the channel's bandwidth, first come first served.
 *   <li>One latency later the device gets its answer.
 * </ol>
 *
 * <p>Can: bandwidth, latency, channels that are busy, several nodes. Can't: contents, banks, rows,
 * refresh; page tables live elsewhere. Invariant: each transfer is answered once, those of a
 * channel in order.
 *
 * <p>Ports: family {@code devices}, member = device number at this memory, the other nodes last;
 * family {@code nodes}, the other nodes by number.
 */
public final class Memory extends AbstractBehavior<Memory.Command>
    implements Dma.MemorySide, Dma.DeviceSide {
  private static final long PS_PER_SECOND = 1_000_000_000_000L;

  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from a device. */
  public record Arrived(Dma.ToMemory body) implements Command {}

  /** Off the wire, from another node: what was passed on is over. */
  public record NodeAnswered(Dma.ToDevice body) implements Command {}

  /** To itself, when a transfer is over. */
  private record Finished(int device, Dma.Transferred answer) implements Command {}

  private final MemorySpec spec;
  private final Ctx<Command> ctx;
  private final Ports<Dma.ToDevice> devices;
  private final Ports<Dma.ToMemory> nodes;
  private final MemoryLayout layout;
  private final long[] freeAtPs;
  private final Map<Long, Dma.Transfer> passedOn = new TreeMap<>();
  private long passed;

  private Memory(
      ActorContext<Command> context, MemorySpec spec, MemoryLayout layout,
      Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.ctx = ctx;
    this.devices = ctx.ports("devices", Dma.ToDevice.class);
    this.nodes = ctx.ports("nodes", Dma.ToMemory.class);
    this.layout = layout;
    this.freeAtPs = new long[spec.channels()];
  }

  /** The only memory, with idle channels. */
  public static Behavior<Command> create(MemorySpec spec, Ctx<Command> ctx) {
    return create(spec, MemoryLayout.ONLY, ctx);
  }

  /** A memory with idle channels. */
  public static Behavior<Command> create(
      MemorySpec spec, MemoryLayout layout, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new Memory(context, spec, layout, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Arrived.class, this::onArrived)
        .onMessage(NodeAnswered.class, this::onNodeAnswered)
        .onMessage(Finished.class, this::onFinished)
        .build();
  }

  private Behavior<Command> onArrived(Arrived arrived) {
    arrived.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onNodeAnswered(NodeAnswered answered) {
    answered.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onFinished(Finished finished) {
    ctx.send(devices.at(finished.device()), finished.answer());
    return this;
  }

  @Override
  public void on(Dma.Transfer transfer) {
    int node = Dma.nodeOf(transfer.pfn());
    if (node != layout.node() && nodes.size() > 0) {
      passOn(transfer, node);
      return;
    }
    int channel = (int) Math.floorMod(transfer.pfn(), (long) spec.channels());
    long nowPs = ctx.nowPs();
    freeAtPs[channel] =
        Math.max(nowPs, freeAtPs[channel]) + occupancyPs(transfer.sizeBytes());
    long delayPs = freeAtPs[channel] + spec.latencyPs() - nowPs;
    int dataBytes = spec.answersCarryData() && !transfer.write() ? transfer.sizeBytes() : 0;
    ctx.after(delayPs, new Finished(
        transfer.device(), new Dma.Transferred(transfer.tag(), dataBytes)));
  }

  private void passOn(Dma.Transfer transfer, int node) {
    long tag = passed++;
    passedOn.put(tag, transfer);
    ctx.send(
        nodes.at(layout.member(node)),
        new Dma.Transfer(layout.numberAt(node), tag, transfer.pfn(), transfer.write(),
            transfer.sizeBytes()));
  }

  @Override
  public void on(Dma.Transferred transferred) {
    Dma.Transfer own = passedOn.remove(transferred.tag());
    if (own == null) {
      ctx.mark(new MachineFact.ProtocolBreach(
          "another memory node answered a transfer that was not passed on"));
      return;
    }
    ctx.send(
        devices.at(own.device()),
        new Dma.Transferred(own.tag(), transferred.sizeBytes()));
  }

  private long occupancyPs(int sizeBytes) {
    long bytesPerSecond = spec.channelBandwidthBytesPerSecond();
    return -Math.floorDiv(-sizeBytes * PS_PER_SECOND, bytesPerSecond);
  }
}
