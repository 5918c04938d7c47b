package dev.shootdown.hardware.cpu;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.translation.TranslationCache;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
 *   <li>A touch looks into the TLB; a miss walks the page table by messages and caches the entry.
 *   <li>An interrupt is taken at once if interrupts are on: the step under way is suspended, the
 *       TLB flushed, the initiator told, the step resumed. The time is stolen from the program.
 *   <li>While an operation is under way, each instant of it is booked to one account.
 * </ol>
 *
 * <p>Can: L1 and L2 TLB, address-space slots with generations, lazy TLB, interrupts off, idle.
 * Can't: out-of-order execution, more than one walk at a time, paging-structure caches, instruction
 * TLBs, non-maskable interrupts.
 *
 * <p>Invariants: at most one step is under way; a walk that an interrupt cut short is walked again,
 * so that no entry read before a flush is cached after it.
 */
public final class Cpu extends AbstractBehavior<Cpu.Command>
    implements Ipi.CpuSide, KernelCall.CpuSide, Invalidation.CpuSide, PageWalk.WalkerSide {
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

  /** Time for the first step. */
  record Boot() implements Command {}

  /** The step with this number is over. */
  record StepOver(long step) implements Command {}

  /** The handler has flushed. */
  record HandlerOver(FlushHandler.Decision decision) implements Command {}

  /** The interrupted step goes on. */
  record Resume() implements Command {}

  private static final Program.Outcome DONE = new Program.Done();

  private final CpuSpec spec;
  private final CpuLayout layout;
  private final Ctx<Command> ctx;
  private final Ports<Ipi> cpus;
  private final Ports<KernelCall.ToKernel> domains;
  private final Ports<Invalidation.ToIommu> iommus;
  private final Ports<PageWalk.ToTable> tables;
  private final CpuTlb tlb;
  private final TimeLine timeLine;

  private FlushHandler.Context context = new FlushHandler.Context(-1, 0, false);
  private final Map<Integer, Long> slots = new TreeMap<>();
  private final ArrayDeque<Program> calls = new ArrayDeque<>();

  private Program.Step step;
  private long stepNumber;
  private long stepDuePs = -1;
  private int interruptIndex;
  private long ticket;
  private int acksMissing;
  private int completionsMissing;
  private boolean idle;
  private Command stashed;

  private boolean interruptsOn = true;
  private final ArrayDeque<Ipi.Flush> pending = new ArrayDeque<>();
  private boolean handling;
  private long handlerFromPs;
  private long remainingPs = -1;

  private Cpu(
      ActorContext<Command> context, CpuSpec spec, CpuLayout layout, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.cpus = ctx.ports("cpus", Ipi.class);
    this.domains = ctx.ports("domains", KernelCall.ToKernel.class);
    this.iommus = ctx.ports("iommus", Invalidation.ToIommu.class);
    this.tables = ctx.ports("tables", PageWalk.ToTable.class);
    this.tlb = new CpuTlb(spec);
    this.timeLine = new TimeLine(ctx, layout.number());
    calls.addLast(layout.program());
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
        .onMessage(Boot.class, this::onBoot)
        .build();
  }

  private Behavior<Command> onStepOver(StepOver over) {
    // A step that an interrupt suspended left its old timer behind.
    if (over.step() == stepNumber && !handling && stepDuePs >= 0) {
      stepDuePs = -1;
      finishTimed();
    }
    return this;
  }

  private Behavior<Command> onKernelAnswered(KernelAnswered answered) {
    if (handling) {
      stashed = answered;
    } else {
      answered.body().deliverTo(this);
    }
    return this;
  }

  private Behavior<Command> onTableAnswered(TableAnswered answered) {
    answered.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onInterrupted(Interrupted interrupted) {
    interrupted.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onHandlerOver(HandlerOver over) {
    Ipi.Flush flush = pending.removeFirst();
    apply(over.decision());
    ctx.mark(new MachineFact.Stolen(flush.operation(), handlerFromPs));
    ctx.send(cpus.at(flush.from()), new Ipi.Done(layout.number(), flush.operation()));
    handlerFromPs = ctx.nowPs();
    if (pending.isEmpty()) {
      ctx.after(spec.interruptExitPs(), new Resume());
    } else {
      handleFirst(0);
    }
    return this;
  }

  private Behavior<Command> onResume(Resume resume) {
    if (!pending.isEmpty()) {
      handleFirst(spec.interruptEntryPs());
      return this;
    }
    handling = false;
    if (remainingPs >= 0) {
      timeLine.book(Account.INTERRUPTED);
      long left = remainingPs;
      remainingPs = -1;
      resumeTimed(left);
    } else if (step instanceof Program.Touch touch) {
      touch(touch);
    } else if (step instanceof Program.AwaitAcks && acksMissing == 0) {
      over(Account.ACK_WAIT);
    } else if (stashed != null) {
      Command answer = stashed;
      stashed = null;
      if (answer instanceof KernelAnswered kernel) {
        kernel.body().deliverTo(this);
      } else if (answer instanceof IommuAnswered iommu) {
        iommu.body().deliverTo(this);
      }
    }
    return this;
  }

  private Behavior<Command> onIommuAnswered(IommuAnswered answered) {
    // Only what the program waits for may end a step; anything else would be forgotten in the
    // stash.
    if (handling && completionsMissing == 1 && step instanceof Program.AwaitInvalidation) {
      stashed = answered;
    } else {
      answered.body().deliverTo(this);
    }
    return this;
  }

  private Behavior<Command> onBoot(Boot boot) {
    advance(DONE);
    return this;
  }

  @Override
  public void on(Ipi.Flush flush) {
    pending.addLast(flush);
    if (interruptsOn && !handling) {
      suspend();
    }
  }

  @Override
  public void on(Ipi.Done done) {
    acksMissing--;
    if (acksMissing == 0 && step instanceof Program.AwaitAcks && !handling) {
      over(Account.ACK_WAIT);
    }
  }

  @Override
  public void on(KernelCall.Reply reply) {
    if (reply.ticket() == ticket && step instanceof Program.Ask ask) {
      timeLine.book(reply, ask.service());
      advance(new Program.Answered(reply.result()));
    }
  }

  @Override
  public void on(Invalidation.Completed completed) {
    completionsMissing--;
    if (completionsMissing == 0 && step instanceof Program.AwaitInvalidation) {
      timeLine.book(completed);
      advance(DONE);
    }
  }

  @Override
  public void on(PageWalk.Entry entry) {
    if (handling || entry.tag() != stepNumber || !(step instanceof Program.Touch touch)) {
      return;
    }
    boolean allowed = entry.isPresent() && (entry.writable() || touch.access() == Access.READ);
    if (!allowed) {
      timeLine.book(Account.USER);
      advance(new Program.Faulted(touch.page(), touch.access()));
      return;
    }
    TranslationCache.Entry filled =
        new TranslationCache.Entry(
            entry.mm(), entry.page(), entry.pfn(), entry.writable(), entry.readAtPs());
    Optional<TranslationCache.Entry> evicted = tlb.insert(filled);
    evicted.ifPresent(
        old ->
            ctx.mark(
                new MachineFact.Dropped(
                    old.mm(), PageRange.of(old.page()), MachineFact.Cause.EVICTED)));
    ctx.mark(
        new MachineFact.Filled(
            entry.mm(), entry.page(), entry.pfn(), entry.writable(), entry.readAtPs()));
    use(filled, touch, spec.walkPs());
  }

  /** Carries out steps until one takes time or waits. */
  private void advance(Program.Outcome outcome) {
    Program.Outcome last = outcome;
    while (last != null) {
      stepNumber++;
      step = calls.getLast().next(last, ctx.nowPs());
      if (step instanceof Program.Run run) {
        calls.addLast(run.program());
        last = DONE;
      } else if (step instanceof Program.Finish && calls.size() > 1) {
        calls.removeLast();
        last = DONE;
      } else {
        last = start(step);
      }
    }
  }

  /** Starts a step; returns its outcome if it was over at once. */
  private Program.Outcome start(Program.Step next) {
    if (next instanceof Program.Spend spend) {
      return timed(spend.durationPs());
    } else if (next instanceof Program.Ask ask) {
      ticket = stepNumber;
      ctx.send(
          domains.at(ask.domain()),
          new KernelCall.Call(layout.number(), timeLine.operation(), ticket, ask.request()));
      return null;
    } else if (next instanceof Program.Tell tell) {
      ctx.send(
          domains.at(tell.domain()),
          new KernelCall.Post(layout.number(), timeLine.operation(), tell.request()));
      return DONE;
    } else if (next instanceof Program.Touch touch) {
      touch(touch);
      return null;
    } else if (next instanceof Program.Interrupt interrupt) {
      interruptIndex = 0;
      acksMissing += interrupt.targets().size();
      return interruptNext(interrupt);
    } else if (next instanceof Program.FlushLocal flush) {
      FlushHandler.Decision decision =
          layout.flushHandler().decide(context, flush.mm(), flush.generation(), flush.range());
      return timed(flushPs(decision));
    } else if (next instanceof Program.AwaitAcks) {
      return acksMissing == 0 ? DONE : null;
    } else if (next instanceof Program.Submit submit) {
      completionsMissing++;
      ctx.send(
          iommus.at(submit.iommu()),
          new Invalidation.Submit(
              layout.number(), timeLine.operation(), stepNumber, submit.descriptors()));
      return DONE;
    } else if (next instanceof Program.AwaitInvalidation) {
      return completionsMissing == 0 ? DONE : null;
    }
    return startOwn(next);
  }

  /** Starts a step that concerns only the CPU itself. */
  private Program.Outcome startOwn(Program.Step next) {
    if (next instanceof Program.Until until) {
      idle = until.idle();
      return timed(Math.max(0, until.untilPs() - ctx.nowPs()));
    } else if (next instanceof Program.Interrupts interrupts) {
      interruptsOn = interrupts.on();
      if (interruptsOn && !pending.isEmpty()) {
        return timed(0);
      }
      return DONE;
    } else if (next instanceof Program.Load load) {
      load(load);
      return DONE;
    } else if (next instanceof Program.BeLazy) {
      context = new FlushHandler.Context(context.mm(), context.generation(), true);
      ctx.mark(new MachineFact.ContextTaken(context.mm(), true));
      return DONE;
    } else if (next instanceof Program.Begin begin) {
      long operation = timeLine.begin();
      ctx.mark(
          new MachineFact.OperationBegan(operation, begin.kind(), begin.mm(), begin.range()));
      return new Program.Began(operation);
    } else if (next instanceof Program.End) {
      timeLine.end();
      return DONE;
    } else if (next instanceof Program.Note note) {
      ctx.mark(note.fact());
      return DONE;
    }
    idle = true;
    return null;
  }

  private Program.Outcome timed(long durationPs) {
    if (durationPs == 0 && (pending.isEmpty() || !interruptsOn)) {
      if (step instanceof Program.FlushLocal || step instanceof Program.Until) {
        resumeTimed(0);
        return null;
      }
      return DONE;
    }
    resumeTimed(durationPs);
    return null;
  }

  private void resumeTimed(long leftPs) {
    stepNumber++;
    stepDuePs = ctx.nowPs() + leftPs;
    ctx.after(leftPs, new StepOver(stepNumber));
    if (interruptsOn && !pending.isEmpty() && !handling) {
      suspend();
    }
  }

  /** The step under way has had its time. */
  private void finishTimed() {
    idle = false;
    if (step instanceof Program.Spend spend) {
      over(spend.account());
    } else if (step instanceof Program.FlushLocal flush) {
      apply(
          layout.flushHandler().decide(context, flush.mm(), flush.generation(), flush.range()));
      over(Account.LOCAL_FLUSH);
    } else if (step instanceof Program.Interrupt interrupt) {
      timeLine.book(Account.IPI_SEND);
      interruptIndex++;
      Program.Outcome outcome = interruptNext(interrupt);
      if (outcome != null) {
        advance(outcome);
      }
    } else {
      over(Account.USER);
    }
  }

  private void over(Account account) {
    timeLine.book(account);
    advance(DONE);
  }

  private Program.Outcome interruptNext(Program.Interrupt interrupt) {
    List<Integer> targets = interrupt.targets();
    if (interruptIndex == targets.size()) {
      return DONE;
    }
    int target = targets.get(interruptIndex);
    ctx.mark(new MachineFact.InterruptSent(timeLine.operation(), target));
    ctx.send(
        cpus.at(target),
        new Ipi.Flush(
            layout.number(), timeLine.operation(), interrupt.mm(), interrupt.generation(),
            interrupt.range()));
    resumeTimed(spec.ipiSendPs());
    return null;
  }

  private void touch(Program.Touch touch) {
    Optional<CpuTlb.Hit> hit = tlb.lookup(touch.mm(), touch.page());
    boolean usable =
        hit.isPresent()
            && (hit.get().entry().writable() || touch.access() == Access.READ);
    if (usable) {
      use(hit.get().entry(), touch, hit.get().fromL2() ? spec.l2LatencyPs() : 0);
      return;
    }
    stepNumber++;
    ctx.send(
        tables.at(touch.mm()),
        new PageWalk.Walk(
            layout.number(), stepNumber, touch.mm(), touch.page(),
            touch.access() == Access.WRITE));
  }

  private void use(TranslationCache.Entry entry, Program.Touch touch, long extraPs) {
    ctx.mark(
        new MachineFact.Used(
            entry.mm(), entry.page(), entry.pfn(), touch.access() == Access.WRITE, -1));
    resumeTimed(spec.accessPs() + extraPs);
  }

  private void load(Program.Load load) {
    Long known = slots.get(load.mm());
    if (known != null && known < load.generation()) {
      dropAll(load.mm(), MachineFact.Cause.SWITCHED);
    }
    if (known == null && slots.size() == spec.spaces()) {
      int victim = slots.keySet().iterator().next();
      slots.remove(victim);
      dropAll(victim, MachineFact.Cause.SWITCHED);
    }
    slots.put(load.mm(), load.generation());
    context = new FlushHandler.Context(load.mm(), load.generation(), false);
    ctx.mark(new MachineFact.ContextTaken(load.mm(), false));
  }

  private void dropAll(int mm, MachineFact.Cause cause) {
    tlb.invalidate(mm, PageRange.ALL);
    ctx.mark(new MachineFact.Dropped(mm, PageRange.ALL, cause));
  }

  /** Suspends the step under way and enters the handler. */
  private void suspend() {
    handling = true;
    handlerFromPs = ctx.nowPs();
    if (stepDuePs >= 0) {
      remainingPs = stepDuePs - ctx.nowPs();
      stepDuePs = -1;
      stepNumber++;
      timeLine.book(runningAccount());
    }
    handleFirst(spec.interruptEntryPs() + (idle ? spec.idleWakePs() : 0));
  }

  private Account runningAccount() {
    if (step instanceof Program.Spend spend) {
      return spend.account();
    } else if (step instanceof Program.FlushLocal) {
      return Account.LOCAL_FLUSH;
    } else if (step instanceof Program.Interrupt) {
      return Account.IPI_SEND;
    }
    return Account.USER;
  }

  private void handleFirst(long entryPs) {
    Ipi.Flush flush = pending.peekFirst();
    FlushHandler.Decision decision =
        layout.flushHandler()
            .decide(context, flush.mm(), flush.generation(), flush.range());
    ctx.after(entryPs + flushPs(decision), new HandlerOver(decision));
  }

  private long flushPs(FlushHandler.Decision decision) {
    PageRange range = decision.range();
    return range.pages() == 0 ? 0 : spec.flushPs(range.pages(), range.isAll());
  }

  private void apply(FlushHandler.Decision decision) {
    int mm = context.mm();
    if (decision.range().pages() > 0) {
      tlb.invalidate(mm, decision.range());
      ctx.mark(
          new MachineFact.Dropped(mm, decision.range(), MachineFact.Cause.INVALIDATED));
      slots.put(mm, decision.generation());
      context = new FlushHandler.Context(mm, decision.generation(), context.lazy());
    }
    if (decision.unload()) {
      slots.remove(mm);
      dropAll(mm, MachineFact.Cause.SWITCHED);
      context = new FlushHandler.Context(-1, 0, false);
      ctx.mark(new MachineFact.ContextTaken(-1, false));
    }
  }
}
