package dev.shootdown.emulator;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.ViommuQueue;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A command queue that hardware reads out of guest memory itself, so that an invalidation doesn't
 * leave the virtual machine (a virtual command queue, as of NVIDIA's Tegra241 CMDQV for SMMUv3).
 *
 * <ol>
 *   <li>What the guest submits goes on to the IOMMU as it is, with the guest's address space and
 *       devices as the host knows them. Nothing is added: a guest that forgets its devices' own
 *       caches has forgotten them.
 *   <li>The status word goes back to the guest.
 * </ol>
 *
 * <p>Ports: {@code guest}, {@code iommu}.
 */
public final class DirectQueue extends AbstractBehavior<DirectQueue.Command>
    implements ViommuQueue.ViommuSide, Invalidation.CpuSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from the guest. */
  public record GuestSaid(ViommuQueue.ToViommu body) implements Command {}

  /** Off the wire, from the IOMMU: a status word. */
  public record IommuAnswered(Invalidation.ToCpu body) implements Command {}

  private final int number;
  private final int mm;
  private final Ctx<Command> ctx;
  private final Port<ViommuQueue.ToGuest> guest;
  private final Port<Invalidation.ToIommu> iommu;

  private DirectQueue(ActorContext<Command> context, int number, int mm, Ctx<Command> ctx) {
    super(context);
    this.number = number;
    this.mm = mm;
    this.ctx = ctx;
    this.guest = ctx.port("guest", ViommuQueue.ToGuest.class);
    this.iommu = ctx.port("iommu", Invalidation.ToIommu.class);
  }

  /**
   * A queue for the address space {@code mm} of a guest.
   *
   * @param number its number among those who submit to the IOMMU
   */
  public static Behavior<Command> create(int number, int mm, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new DirectQueue(context, number, mm, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(GuestSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(IommuAnswered.class, said -> does(() -> said.body().deliverTo(this)))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  @Override
  public void on(ViommuQueue.Submit submit) {
    List<Invalidation.Descriptor> descriptors = new ArrayList<>();
    for (ViommuQueue.Descriptor descriptor : submit.descriptors()) {
      descriptors.add(
          descriptor.kind() == ViommuQueue.Kind.DEVICE_TLB
              ? new Invalidation.DeviceTlb(descriptor.device(), mm, descriptor.pages())
              : new Invalidation.Iotlb(mm, descriptor.pages()));
    }
    descriptors.add(new Invalidation.Wait(0));
    ctx.send(iommu, new Invalidation.Submit(
        number, submit.operation(), submit.ticket(), descriptors));
  }

  @Override
  public void on(ViommuQueue.Contents contents) {
    ctx.mark(new MachineFact.ProtocolBreach("guest memory was read, and nobody had asked"));
  }

  @Override
  public void on(Invalidation.Completed completed) {
    ctx.send(guest, new ViommuQueue.Done(completed.ticket(), completed.startedPs(),
        completed.iotlbDonePs(), completed.deviceDonePs()));
  }
}
