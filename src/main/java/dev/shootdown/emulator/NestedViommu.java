package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.NestedDomain;
import dev.shootdown.protocol.ViommuQueue;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The emulator of an IOMMU whose guest's table the host's IOMMU walks itself, as the first of two
 * stages: it copies nothing, and hands invalidations on.
 *
 * <ol>
 *   <li>A submission has left the virtual machine. Descriptor by descriptor it is taken up, and
 *       what names pages of the guest's table goes to the kernel by ioctl, one at a time (QEMU,
 *       vtd_flush_host_piotlb: "Only implement one request for simplicity").
 *   <li>A device-TLB descriptor is taken up and no more: the kernel makes devices forget with each
 *       invalidation of their first stage (Linux 6.12, intel_nested_cache_invalidate_user).
 *   <li>When the last one has returned, the guest goes on.
 * </ol>
 *
 * <p>Can't: shadowed devices beside, context entries that change, page requests for the guest.
 * Invariant: at most one ioctl at a time.
 *
 * <p>Ports: {@code guest}, {@code domain}.
 */
public final class NestedViommu extends AbstractBehavior<NestedViommu.Command>
    implements ViommuQueue.ViommuSide, NestedDomain.EmulatorSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from the guest. */
  public record GuestSaid(ViommuQueue.ToViommu body) implements Command {}

  /** An ioctl returned. */
  public record DomainSaid(NestedDomain.ToEmulator body) implements Command {}

  /** To itself: a descriptor has been taken up. */
  private record Taken(ViommuQueue.Descriptor descriptor) implements Command {}

  private static final long NONE = -1;

  private final long descriptorPs;
  private final Ctx<Command> ctx;
  private final Port<ViommuQueue.ToGuest> guest;
  private final Port<NestedDomain.ToDomain> domain;
  private final Deque<ViommuQueue.Submit> waiting = new ArrayDeque<>();
  private final Deque<ViommuQueue.Descriptor> left = new ArrayDeque<>();
  private ViommuQueue.Submit submit;
  private long awaited = NONE;
  private long tickets;
  private long startedPs;
  private long iotlbDonePs;
  private long deviceDonePs;

  private NestedViommu(ActorContext<Command> context, long descriptorPs, Ctx<Command> ctx) {
    super(context);
    this.descriptorPs = descriptorPs;
    this.ctx = ctx;
    this.guest = ctx.port("guest", ViommuQueue.ToGuest.class);
    this.domain = ctx.port("domain", NestedDomain.ToDomain.class);
  }

  /** An emulator that takes {@code descriptorPs} for each descriptor, in ps. */
  public static Behavior<Command> create(long descriptorPs, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new NestedViommu(context, descriptorPs, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(GuestSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(DomainSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(Taken.class, taken -> does(() -> onTaken(taken)))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  @Override
  public void on(ViommuQueue.Submit said) {
    waiting.add(said);
    if (submit == null) {
      begin();
    }
  }

  private void begin() {
    submit = waiting.remove();
    left.addAll(submit.descriptors());
    startedPs = ctx.nowPs();
    iotlbDonePs = startedPs;
    deviceDonePs = startedPs;
    next();
  }

  @Override
  public void on(ViommuQueue.Contents contents) {
    breach("guest memory was read, and nobody had asked");
  }

  @Override
  public void on(NestedDomain.Invalidated invalidated) {
    if (awaited == NONE || invalidated.ticket() != awaited) {
      breach("an ioctl returned that is not open");
      return;
    }
    awaited = NONE;
    iotlbDonePs = invalidated.iotlbDonePs();
    deviceDonePs = invalidated.deviceDonePs();
    next();
  }

  private void onTaken(Taken taken) {
    ViommuQueue.Descriptor descriptor = taken.descriptor();
    if (descriptor.kind() == ViommuQueue.Kind.DEVICE_TLB) {
      next();
      return;
    }
    boolean paged = descriptor.kind() == ViommuQueue.Kind.PASID_PAGES
        || descriptor.kind() == ViommuQueue.Kind.PAGES;
    awaited = tickets++;
    ctx.send(domain, new NestedDomain.Invalidate(
        awaited, submit.operation(), paged ? descriptor.pages() : PageRange.ALL));
  }

  private void next() {
    if (!left.isEmpty()) {
      ctx.after(descriptorPs, new Taken(left.remove()));
      return;
    }
    long ticket = submit.ticket();
    submit = null;
    ctx.send(guest, new ViommuQueue.Done(ticket, startedPs, iotlbDonePs, deviceDonePs));
    if (!waiting.isEmpty()) {
      begin();
    }
  }

  private void breach(String rule) {
    ctx.mark(new MachineFact.ProtocolBreach(rule));
  }
}
