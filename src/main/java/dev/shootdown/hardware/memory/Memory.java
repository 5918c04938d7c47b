package dev.shootdown.hardware.memory;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Dma;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Memory as devices reach it.
 *
 * <ol>
 *   <li>A transfer joins the queue of its frame's channel.
 *   <li>It occupies the channel for its size over the channel's bandwidth, first come first served.
 *   <li>One latency later the device gets its answer.
 * </ol>
 *
 * <p>Can: bandwidth, latency, channels that are busy. Can't: contents, banks, rows, refresh; page
 * tables live elsewhere. Invariant: each transfer is answered once, those of a channel in order.
 *
 * <p>Ports: family {@code devices}, member = device number at this memory.
 */
public final class Memory extends AbstractBehavior<Memory.Command> implements Dma.MemorySide {
  private static final long PS_PER_SECOND = 1_000_000_000_000L;

  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from a device. */
  public record Arrived(Dma.ToMemory body) implements Command {}

  /** To itself, when a transfer is over. */
  private record Finished(int device, Dma.Transferred answer) implements Command {}

  private final MemorySpec spec;
  private final Ctx<Command> ctx;
  private final Ports<Dma.ToDevice> devices;
  private final long[] freeAtPs;

  private Memory(ActorContext<Command> context, MemorySpec spec, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.ctx = ctx;
    this.devices = ctx.ports("devices", Dma.ToDevice.class);
    this.freeAtPs = new long[spec.channels()];
  }

  /** A memory with idle channels. */
  public static Behavior<Command> create(MemorySpec spec, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new Memory(context, spec, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Arrived.class, this::onArrived)
        .onMessage(Finished.class, this::onFinished)
        .build();
  }

  private Behavior<Command> onArrived(Arrived arrived) {
    arrived.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onFinished(Finished finished) {
    ctx.send(devices.at(finished.device()), finished.answer());
    return this;
  }

  @Override
  public void on(Dma.Transfer transfer) {
    int channel = (int) Math.floorMod(transfer.pfn(), (long) spec.channels());
    long nowPs = ctx.nowPs();
    freeAtPs[channel] =
        Math.max(nowPs, freeAtPs[channel]) + occupancyPs(transfer.sizeBytes());
    long delayPs = freeAtPs[channel] + spec.latencyPs() - nowPs;
    int dataBytes = spec.answersCarryData() && !transfer.write() ? transfer.sizeBytes() : 0;
    ctx.after(delayPs, new Finished(
        transfer.device(), new Dma.Transferred(transfer.tag(), dataBytes)));
  }

  private long occupancyPs(int sizeBytes) {
    long bytesPerSecond = spec.channelBandwidthBytesPerSecond();
    return -Math.floorDiv(-sizeBytes * PS_PER_SECOND, bytesPerSecond);
  }
}
