package dev.shootdown.kernel.mm;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelCallKernelSideContract;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;

/** A lock domain that four CPUs call, with the test in their place. */
final class DomainRig<C> implements KernelCallKernelSideContract.Subject {
  /** The operation that all requests belong to. */
  static final long OPERATION = 9;

  final PartHarness<C> part;
  private final Function<KernelCall.ToKernel, C> wrap;
  private long ticket;

  DomainRig(Function<Ctx<C>, Behavior<C>> create, Function<KernelCall.ToKernel, C> wrap) {
    RecordingCtx<C> ctx =
        new RecordingCtx<C>("domain").withPorts("cpus", 4).withPorts("walkers", 4);
    this.part = new PartHarness<>(ctx, create);
    this.wrap = wrap;
  }

  static DomainRig<AddressSpace.Command> space(AddressSpace.Area... areas) {
    return new DomainRig<>(
        ctx -> AddressSpace.create(List.of(areas), ctx), AddressSpace.Arrived::new);
  }

  static DomainRig<FrameTable.Command> frames(long firstPfn) {
    return new DomainRig<>(ctx -> FrameTable.create(firstPfn, ctx), FrameTable.Arrived::new);
  }

  static DomainRig<ReverseMap.Command> reverseMap() {
    return new DomainRig<>(ReverseMap::create, ReverseMap.Arrived::new);
  }

  static DomainRig<Rendezvous.Command> rendezvous() {
    return new DomainRig<>(Rendezvous::create, Rendezvous.Arrived::new);
  }

  @Override
  public void hear(KernelCall.ToKernel message) {
    part.tell(wrap.apply(message));
  }

  @Override
  public void runUntil(long untilPs) {
    part.runUntil(untilPs);
  }

  @Override
  public long nowPs() {
    return part.nowPs();
  }

  @Override
  public List<KernelCallKernelSideContract.Answer> takeAnswers() {
    return part.takeSent("cpus").stream()
        .map(sent -> new KernelCallKernelSideContract.Answer(
            sent.member(), (KernelCall.Reply) sent.message()))
        .toList();
  }

  @Override
  public List<String> breaches() {
    return part.marks(MachineFact.ProtocolBreach.class).stream()
        .map(MachineFact.ProtocolBreach::rule).toList();
  }

  void post(KernelCall.Request request) {
    hear(new KernelCall.Post(0, OPERATION, request));
  }

  void call(int cpu, KernelCall.Request request) {
    hear(new KernelCall.Call(cpu, OPERATION, ++ticket, request));
  }

  /** Calls, lets all the time pass that it takes, and returns the one answer. */
  KernelCall.Result ask(KernelCall.Request request) {
    call(1, request);
    part.settle();
    List<KernelCallKernelSideContract.Answer> answers = takeAnswers();
    if (answers.size() != 1) {
      throw new AssertionError(request + " was answered " + answers);
    }
    return answers.get(0).reply().result();
  }
}
