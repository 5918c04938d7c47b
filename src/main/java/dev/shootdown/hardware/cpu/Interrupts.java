package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;

/**
 * Takes interrupts: suspends the step under way, flushes for each request in the queue, tells each
 * initiator, and goes back.
 */
final class Interrupts {
  private final CpuSpec spec;
  private final CpuLayout layout;
  private final Ctx<Cpu.Command> ctx;
  private final Ports<Ipi> cpus;
  private final TimeLine timeLine;
  private final Contexts contexts;
  private final Steps steps;
  private final Preemption preemption;
  private final boolean maskable;

  private final ArrayDeque<Ipi.Flush> pending = new ArrayDeque<>();
  private boolean kicked;
  private boolean handling;
  private long handlerFromPs;
  private boolean looking;
  private long lookTicket;

  private boolean on = true;
  private long offSincePs;
  private long longestOffPs;

  Interrupts(
      CpuSpec spec, CpuLayout layout, Ctx<Cpu.Command> ctx, TimeLine timeLine, Steps steps,
      Contexts contexts) {
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.cpus = ctx.ports("cpus", Ipi.class);
    this.timeLine = timeLine;
    this.steps = steps;
    this.contexts = contexts;
    this.maskable = layout.flushHandler().isMaskable();
    this.preemption = 
        new Preemption(spec.preemption(), layout.number(), ctx, contexts, steps, this);
  }

  Preemption preemption() {
    return preemption;
  }

  /** Whether the CPU is not at its program: in a handler, or not running at all. */
  boolean isAway() {
    return handling || preemption.isOut();
  }

  boolean isHandling() {
    return handling;
  }

  /** Whether there is an interrupt to take now. */
  boolean isDue() {
    return kicked && (on || !maskable) && !isAway();
  }

  /** Puts a request into the queue; returns whether the queue was empty. */
  boolean queue(Ipi.Flush flush) {
    boolean wasEmpty = pending.isEmpty();
    pending.addLast(flush);
    occupied();
    return wasEmpty;
  }

  /** The interrupt itself; a handler that is at work will find the request, too. */
  void kick() {
    if (!pending.isEmpty()) {
      kicked = true;
      if (isDue()) {
        enter();
      }
      preemption.wake();
    }
  }

  private void occupied() {
    ctx.mark(new MachineFact.Occupied("interrupts", pending.size(), cpus.size()));
  }

  /** Interrupts on or off. The longest stretch without them so far is stated for its operation. */
  void set(boolean switchedOn) {
    if (on && !switchedOn) {
      offSincePs = ctx.nowPs();
    } else if (!on && switchedOn && ctx.nowPs() - offSincePs > longestOffPs) {
      longestOffPs = ctx.nowPs() - offSincePs;
      ctx.mark(new MachineFact.InterruptsWereOff(timeLine.operation(), offSincePs));
    }
    on = switchedOn;
  }

  void operationBegins() {
    longestOffPs = 0;
  }

  /** A halted CPU goes on. */
  void wake() {
    preemption.flushIfFlagged();
  }

  /** Suspends the step under way and enters the handler. */
  void enter() {
    boolean halted = steps.isIdle();
    handling = true;
    handlerFromPs = ctx.nowPs();
    steps.suspend();
    if (halted) {
      wake();
    }
    handleFirst(spec.interruptEntryPs() + (halted ? spec.idleWakePs() : 0));
  }

  private void handleFirst(long enteredPs) {
    long entryPs = enteredPs + spec.requestPs();
    FlushHandler.Flush what = pending.peekFirst().what();
    if (layout.flushHandler().newestAt(contexts.loaded(), what) < 0) {
      decide(entryPs, what, what.generation());
    } else {
      ctx.after(entryPs, new Cpu.LookForNewest());
    }
  }

  /** Reads the newest generation, which is another CPU's cache line by now. */
  void look() {
    Ipi.Flush flush = pending.peekFirst();
    int domain = layout.flushHandler().newestAt(contexts.loaded(), flush.what());
    lookTicket--;
    looking = true;
    steps.waits().call(
        domain, new KernelCall.TakeUp(layout.number()), lookTicket, flush.operation());
  }

  /** Whether it is the answer to {@link #look}, and takes it if so. */
  boolean takes(KernelCall.Reply reply) {
    if (!looking || reply.ticket() != lookTicket
        || !(reply.result() instanceof KernelCall.Generation newest)) {
      return false;
    }
    looking = false;
    decide(0, pending.peekFirst().what(), newest.generation());
    return true;
  }

  private void decide(long entryPs, FlushHandler.Flush what, long newest) {
    FlushHandler.Decision decision =
        layout.flushHandler().decide(contexts.loaded(), what, newest);
    ctx.after(entryPs + flushPs(decision, what), new Cpu.HandlerOver(decision));
  }

  /** How long it takes to do what was decided. */
  long flushPs(FlushHandler.Decision decision, FlushHandler.Flush what) {
    long pages = decision.range().pages();
    return pages == 0 ? 0 : spec.flushPs(what.strides(pages), decision.range().isAll());
  }

  /** The first request is served. */
  void handlerOver(FlushHandler.Decision decision) {
    Ipi.Flush flush = pending.removeFirst();
    kicked = !pending.isEmpty();
    occupied();
    leaveMask(flush);
    contexts.apply(decision, flush.what().mm());
    ctx.mark(new MachineFact.Stolen(flush.operation(), handlerFromPs));
    ctx.send(cpus.at(flush.from()), new Ipi.Done(layout.number(), flush.operation()));
    handlerFromPs = ctx.nowPs();
    if (pending.isEmpty()) {
      ctx.after(spec.interruptExitPs(), new Cpu.Resume());
    } else {
      handleFirst(0);
    }
  }

  private void leaveMask(Ipi.Flush flush) {
    int domain = layout.flushHandler().leavesAt(contexts.loaded(), flush.what());
    if (domain >= 0) {
      steps.waits().tell(domain, new KernelCall.Leave(layout.number()), flush.operation());
    }
  }

  /** The handler is left; says whether the CPU is back at its program. */
  boolean leave() {
    if (kicked) {
      handleFirst(spec.interruptEntryPs());
      return false;
    }
    handling = false;
    return !preemption.takesOver();
  }
}
