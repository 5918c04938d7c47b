package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.Hosting;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.Program;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A CPU core: it runs a program and takes interrupts in between.
 *
 * <ol>
 *   <li>It asks its program for a step and carries it out; steps take time, or wait for an answer.
 *   <li>A touch looks into the TLB; a miss walks the page table by messages and caches the entry. A
 *       store through an entry that the table doesn't know to be written walks, too.
 *   <li>An interrupt is taken at once if interrupts are on: the step under way is suspended, the
 *       TLB flushed, the initiator told, the step resumed. The time is stolen from the program.
 *   <li>Another CPU may look at this one's queue and state, or broadcast what is to be forgotten,
 *       without the program noticing.
 *   <li>While an operation is under way, each instant of it is booked to one account.
 * </ol>
 *
 * <p>Can: L1 and L2 TLB with 4 KiB and 2 MiB entries, dirty bits, a paging-structure cache for the
 * last level, address-space slots with generations, global identifiers, lazy TLB, interrupts off,
 * idle, preempted by a hypervisor, or a vCPU of a {@link Host}. Can't: out-of-order execution, more
 * than one walk at a time, walks that nobody asked for, paging-structure entries of upper levels,
 * instruction TLBs, non-maskable interrupts, preemption inside an interrupt handler.
 *
 * <p>Invariants: at most one step is under way; a walk that an interrupt or a broadcast cut short
 * is walked again, so that no entry read before a flush is cached after it.
 */
public final class Cpu extends AbstractBehavior<Cpu.Command>
    implements KernelCall.CpuSide, Invalidation.CpuSide, PageWalk.WalkerSide, Hosting.CpuSide {
  /** What a CPU listens to. */
  public sealed interface Command {}

  /** An interrupt message came off the wire. */
  public record Interrupted(Ipi body) implements Command {}

  /** A lock domain answered. */
  public record KernelAnswered(KernelCall.ToCpu body) implements Command {}

  /** An IOMMU wrote a status word. */
  public record IommuAnswered(Invalidation.ToCpu body) implements Command {}

  /** A page table answered. */
  public record TableAnswered(PageWalk.ToWalker body) implements Command {}

  /** A host said that it runs, or doesn't. */
  public record Scheduled(Hosting.ToCpu body) implements Command {}

  /** The interconnect that propagates invalidations said something. */
  public record Snooped(Broadcast.ToCpu body) implements Command {}

  /** Time for the first step. */
  record Boot() implements Command {}

  /** The step with this number is over. */
  record StepOver(long step) implements Command {}

  /** The handler has flushed. */
  record HandlerOver(FlushHandler.Decision decision) implements Command {}

  /** The interrupted step goes on. */
  record Resume() implements Command {}

  /** The handler wants to know the newest generation. */
  record LookForNewest() implements Command {}

  /** The hypervisor takes the CPU away. */
  record Preempt() implements Command {}

  /** The hypervisor gives it back. */
  record RunAgain() implements Command {}

  /** It has waited in a loop for as long as its host lets it. */
  record SpunOut(long ticket) implements Command {}

  /** The time is over for which a vCPU wanted to sleep. */
  record SleptOut(long ticket) implements Command {}

  private final Steps steps;
  private final Interrupts interrupts;
  private final Neighbours neighbours;

  private Cpu(
      ActorContext<Command> context, CpuSpec spec, CpuLayout layout, Ctx<Command> ctx) {
    super(context);
    Contexts contexts = new Contexts(spec, ctx);
    TimeLine timeLine = new TimeLine(ctx, layout.number());
    this.steps = new Steps(spec, layout, ctx, timeLine, contexts);
    this.interrupts = steps.interrupts();
    this.neighbours = new Neighbours(layout.number(), ctx, contexts, steps, interrupts);
    ctx.after(0, new Boot());
  }

  /** A CPU with these properties at this place. */
  public static Behavior<Command> create(CpuSpec spec, CpuLayout layout, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new Cpu(context, spec, layout, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(StepOver.class, this::onStepOver)
        .onMessage(KernelAnswered.class, this::onKernelAnswered)
        .onMessage(TableAnswered.class, this::onTableAnswered)
        .onMessage(Interrupted.class, this::onInterrupted)
        .onMessage(HandlerOver.class, this::onHandlerOver)
        .onMessage(Resume.class, this::onResume)
        .onMessage(IommuAnswered.class, this::onIommuAnswered)
        .onMessage(Snooped.class, this::onSnooped)
        .onMessage(LookForNewest.class, this::onLookForNewest)
        .onMessage(Preempt.class, this::onPreempt)
        .onMessage(RunAgain.class, this::onRunAgain)
        .onMessage(Scheduled.class, this::onScheduled)
        .onMessage(SpunOut.class, this::onSpunOut)
        .onMessage(SleptOut.class, this::onSleptOut)
        .onMessage(Boot.class, this::onBoot)
        .build();
  }

  private Behavior<Command> onStepOver(StepOver over) {
    steps.stepOver(over.step());
    return settled();
  }

  private Behavior<Command> onKernelAnswered(KernelAnswered answered) {
    answered.body().deliverTo(this);
    return settled();
  }

  private Behavior<Command> onTableAnswered(TableAnswered answered) {
    answered.body().deliverTo(this);
    return settled();
  }

  private Behavior<Command> onInterrupted(Interrupted interrupted) {
    interrupted.body().deliverTo(neighbours);
    return settled();
  }

  private Behavior<Command> onHandlerOver(HandlerOver over) {
    interrupts.handlerOver(over.decision());
    return settled();
  }

  private Behavior<Command> onResume(Resume resume) {
    if (interrupts.leave()) {
      goOn();
    }
    return settled();
  }

  private Behavior<Command> onIommuAnswered(IommuAnswered answered) {
    // Only what the program waits for may end a step; anything else would be forgotten in the
    // stash.
    if (interrupts.isAway() && steps.waits().completionsMissing() == 1
        && steps.current() instanceof Program.AwaitInvalidation) {
      steps.stash(answered);
    } else {
      answered.body().deliverTo(this);
    }
    return settled();
  }

  private Behavior<Command> onSnooped(Snooped snooped) {
    snooped.body().deliverTo(neighbours);
    return settled();
  }

  private Behavior<Command> onLookForNewest(LookForNewest look) {
    interrupts.look();
    return settled();
  }

  private Behavior<Command> onPreempt(Preempt preempt) {
    interrupts.preemption().preempt();
    return settled();
  }

  private Behavior<Command> onRunAgain(RunAgain again) {
    interrupts.preemption().runAgain();
    runs();
    return this;
  }

  private Behavior<Command> onBoot(Boot boot) {
    if (interrupts.preemption().isHosted()) {
      interrupts.preemption().demand();
    } else {
      steps.advance(Steps.DONE);
    }
    return this;
  }

  private Behavior<Command> onScheduled(Scheduled scheduled) {
    scheduled.body().deliverTo(this);
    return settled();
  }

  private Behavior<Command> onSpunOut(SpunOut spun) {
    interrupts.preemption().spunOut(spun.ticket());
    return settled();
  }

  private Behavior<Command> onSleptOut(SleptOut slept) {
    interrupts.preemption().wakeFrom(slept.ticket());
    return this;
  }

  /** A vCPU that has nothing to do any more leaves. */
  private Behavior<Command> settled() {
    interrupts.preemption().settle();
    return this;
  }

  /** Has its physical CPU back. */
  private void runs() {
    if (interrupts.isDue()) {
      interrupts.enter();
    } else {
      goOn();
    }
  }

  /** Back at the program, where an answer may lie that came meanwhile. */
  private void goOn() {
    Command answer = steps.resume();
    if (answer instanceof KernelAnswered kernel) {
      kernel.body().deliverTo(this);
    } else if (answer instanceof IommuAnswered iommu) {
      iommu.body().deliverTo(this);
    }
  }

  @Override
  public void on(Hosting.Run run) {
    if (!interrupts.preemption().isOut()) {
      interrupts.preemption().refuse(run);
      return;
    }
    interrupts.preemption().on(run);
    if (interrupts.preemption().begins()) {
      steps.advance(Steps.DONE);
    } else {
      runs();
    }
  }

  @Override
  public void on(Hosting.Stop stop) {
    interrupts.preemption().on(stop);
  }

  @Override
  public void on(KernelCall.Reply reply) {
    if (interrupts.takes(reply) || !steps.waits().expects(reply)) {
      return;
    }
    if (interrupts.isAway()) {
      steps.stash(new KernelAnswered(reply));
    } else {
      steps.answered(reply);
    }
  }

  @Override
  public void on(Invalidation.Completed completed) {
    steps.completed(completed);
  }

  @Override
  public void on(PageWalk.Entry entry) {
    steps.touches().answered(entry, interrupts.isAway());
  }
}
