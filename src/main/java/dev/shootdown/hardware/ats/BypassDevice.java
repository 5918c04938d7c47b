package dev.shootdown.hardware.ats;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.Dma;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A device that works with physical addresses: the baseline without any translation. Its pages are
 * pinned before time starts, so that nobody ever has to invalidate anything: who unmaps such a page
 * doesn't free its frame.
 *
 * <ol>
 *   <li>It states which pages it was given.
 *   <li>A transfer takes a tag, or waits for one, and goes to memory.
 *   <li>Memory answers when it is done.
 *   <li>A page that was not pinned is refused: there is nobody to ask.
 * </ol>
 *
 * <p>Can: bounded tags. Can't: pin or unpin pages while time runs.
 *
 * <p>Ports: {@code memory}.
 */
public final class BypassDevice extends AbstractBehavior<BypassDevice.Command>
    implements Dma.DeviceSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from memory. */
  public record MemoryAnswered(Dma.ToDevice body) implements Command {}

  /** To itself: transfer number {@code nth} of a job is due. */
  private record Due(DmaJob job, int nth) implements Command {}

  /** To itself: the next transfers of the trace are due. */
  private record TraceDue() implements Command {}

  /** A page whose frame the device was given for good. */
  public record Pin(int pasid, long page, long pfn) {}

  private final int numberAtMemory;
  private final Ctx<Command> ctx;
  private final Port<Dma.ToMemory> memory;
  private final Tags tags;
  private final TraceCursor<Command> traced;
  private final NavigableMap<Integer, NavigableMap<Long, Long>> frames = new TreeMap<>();

  private BypassDevice(ActorContext<Command> context, BypassDeviceSpec spec, int numberAtMemory,
      DmaWork work, List<Pin> pins, Ctx<Command> ctx) {
    super(context);
    this.numberAtMemory = numberAtMemory;
    this.ctx = ctx;
    this.memory = ctx.port("memory", Dma.ToMemory.class);
    this.tags = new Tags(spec.outstandingMax());
    pins.forEach(pin -> frames.computeIfAbsent(pin.pasid(), pasid -> new TreeMap<>())
        .put(pin.page(), pin.pfn()));
    frames.forEach((mm, own) -> ctx.mark(new MachineFact.PagesPinned(
        mm, List.copyOf(own.keySet()), List.copyOf(own.values()))));
    for (DmaJob job : work.jobs()) {
      ctx.after(job.atPs() - ctx.nowPs(), new Due(job, 1));
    }
    this.traced = new TraceCursor<>(work.trace(), ctx, new TraceDue());
  }

  /** A device that will do {@code work} in pages among {@code pins}; it is created at time 0. */
  public static Behavior<Command> create(BypassDeviceSpec spec, int numberAtMemory,
      DmaWork work, List<Pin> pins, Ctx<Command> ctx) {
    return Behaviors.setup(
        context -> new BypassDevice(context, spec, numberAtMemory, work, pins, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(MemoryAnswered.class, this::onMemoryAnswered)
        .onMessage(Due.class, this::onDue)
        .onMessage(TraceDue.class, this::onTraceDue)
        .build();
  }

  private Behavior<Command> onMemoryAnswered(MemoryAnswered answered) {
    answered.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onDue(Due due) {
    DmaJob job = due.job();
    if (due.nth() < job.count()) {
      ctx.after(job.everyPs(), new Due(job, due.nth() + 1));
    }
    start(Touch.of(job));
    return this;
  }

  private Behavior<Command> onTraceDue(TraceDue due) {
    traced.start(this::start);
    return this;
  }

  @Override
  public void on(Dma.Transferred transferred) {
    if (tags.finish(transferred.tag()) == null) {
      ctx.mark(new MachineFact.ProtocolBreach(
          "memory answered a transfer that is not under way"));
      return;
    }
    ctx.mark(new MachineFact.Drained(transferred.tag()));
    send();
  }

  private void start(Touch touch) {
    if (frame(touch) == null) {
      ctx.mark(new MachineFact.Denied(touch.pasid(), touch.page(), touch.write()));
      return;
    }
    tags.await(touch);
    send();
  }

  private Long frame(Touch touch) {
    return frames.getOrDefault(touch.pasid(), new TreeMap<>()).get(touch.page());
  }

  private void send() {
    while (tags.isSendable()) {
      long tag = tags.send();
      Touch touch = tags.touch(tag);
      long pfn = frame(touch);
      ctx.mark(new MachineFact.Used(touch.pasid(), touch.page(), pfn, touch.write(), tag));
      ctx.send(memory, new Dma.Transfer(
          numberAtMemory, tag, pfn, touch.write(), touch.sizeBytes()));
    }
  }
}
