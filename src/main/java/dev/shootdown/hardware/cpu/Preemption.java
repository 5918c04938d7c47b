package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Hosting;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;

/**
 * A hypervisor takes the physical CPU away for a while: by a schedule of its own, or because a
 * {@link Host} has others to run.
 *
 * <p>While a vCPU doesn't run, or is halted, another may flag it; it then flushes everything before
 * it runs again (KVM_FEATURE_PV_TLB_FLUSH). Taking the CPU away waits for the end of an interrupt
 * handler. A schedule stops altogether when the program is over.
 *
 * <p>Under a host a vCPU doesn't run before it is told to, leaves when it halts, and may leave when
 * it has waited in a loop for too long. An interrupt of one that has halted makes it ask for its
 * turn, and is taken when that comes.
 */
final class Preemption implements Hosting.CpuSide {
  private static final long NEVER = -1;

  private final PreemptionSpec spec;
  private final int cpu;
  private final Ctx<Cpu.Command> ctx;
  private final Ports<Hosting.ToHost> hosts;
  private final Contexts contexts;
  private final Steps steps;
  private final Interrupts interrupts;
  private boolean out;
  private boolean due;
  private boolean flagged;
  private long fromPs;
  private boolean begun;
  private boolean halted;
  private long spinMaxPs;
  private long spinningStep = NEVER;
  private long ticket;

  Preemption(
      PreemptionSpec spec, int cpu, Ctx<Cpu.Command> ctx, Contexts contexts, Steps steps,
      Interrupts interrupts) {
    this.spec = spec;
    this.cpu = cpu;
    this.ctx = ctx;
    this.hosts = ctx.ports("host", Hosting.ToHost.class);
    this.contexts = contexts;
    this.steps = steps;
    this.interrupts = interrupts;
    this.out = isHosted();
    if (spec.lengthPs() > 0) {
      if (isHosted()) {
        throw new IllegalStateException(
            ctx.name() + " is a vCPU of a host and has a schedule of its own: preemption");
      }
      ctx.after(spec.firstPs(), new Cpu.Preempt());
    }
  }

  boolean isOut() {
    return out;
  }

  /** Whether a host says when it runs. */
  boolean isHosted() {
    return hosts.size() > 0;
  }

  /** The schedule says that it is time. */
  void preempt() {
    if (!steps.isFinished()) {
      leaveSoon();
    }
  }

  private void leaveSoon() {
    if (interrupts.isHandling()) {
      due = true;
    } else {
      steps.suspend();
      takeAway();
    }
  }

  /** A handler is left: whether the CPU is taken away now, instead of going on. */
  boolean takesOver() {
    if (!due) {
      return false;
    }
    due = false;
    steps.bookAway(Account.INTERRUPTED);
    takeAway();
    return true;
  }

  private void takeAway() {
    if (isHosted()) {
      leave(Hosting.Why.STOPPED);
    } else {
      out = true;
      fromPs = ctx.nowPs();
      ctx.after(spec.lengthPs(), new Cpu.RunAgain());
    }
  }

  /** The CPU runs again. */
  void runAgain() {
    out = false;
    steps.bookAway(Account.PREEMPTED);
    ctx.mark(new MachineFact.WasPreempted(fromPs));
    flushIfFlagged();
    if (spec.everyPs() > 0) {
      ctx.after(spec.everyPs() - spec.lengthPs(), new Cpu.Preempt());
    }
  }

  /** Flags the CPU if it doesn't run; says whether. */
  boolean flag() {
    flagged = flagged || out || steps.isIdle() && !interrupts.isHandling();
    return out || steps.isIdle() && !interrupts.isHandling();
  }

  void flushIfFlagged() {
    if (flagged) {
      flagged = false;
      contexts.dropEverything();
    }
  }

  /** Time begins for a vCPU: it asks for its first turn. */
  void demand() {
    ctx.send(hosts.at(0), new Hosting.Ready(cpu));
  }

  /** Asks for a turn if it has halted, since there is something to do. */
  void wake() {
    if (halted) {
      halted = false;
      ticket++;
      demand();
    }
  }

  /** Time is up for the sleep that began with {@code asleep}. */
  void wakeFrom(long asleep) {
    if (asleep == ticket) {
      wake();
    }
  }

  /** Told to run; says whether it is the first time. */
  boolean begins() {
    boolean first = !begun;
    begun = true;
    return first;
  }

  @Override
  public void on(Hosting.Run run) {
    spinMaxPs = run.spinMaxPs();
    spinningStep = NEVER;
    runAgain();
  }

  /** It runs already. */
  void refuse(Hosting.Run run) {
    ctx.mark(new MachineFact.ProtocolBreach("a vCPU is told to run once for each time it left"));
  }

  @Override
  public void on(Hosting.Stop stop) {
    if (!out) {
      leaveSoon();
    }
  }

  private void leave(Hosting.Why why) {
    out = true;
    fromPs = ctx.nowPs();
    ticket++;
    ctx.send(hosts.at(0), new Hosting.Left(cpu, why));
  }

  /** After anything that happened: a vCPU with nothing to do halts; one that waits may spin. */
  void settle() {
    if (!isHosted() || !begun || isAway()) {
      return;
    }
    if (steps.isIdle()) {
      halt();
    } else if (spinMaxPs > 0 && steps.isWaiting() && spinningStep != steps.number()) {
      spinningStep = steps.number();
      ctx.after(spinMaxPs, new Cpu.SpunOut(++ticket));
    }
  }

  private void halt() {
    long untilPs = steps.current() instanceof Program.Until until ? until.untilPs() : NEVER;
    if (untilPs == NEVER || untilPs > ctx.nowPs()) {
      steps.suspend();
      leave(Hosting.Why.HALTED);
      halted = true;
      if (untilPs != NEVER) {
        ctx.after(untilPs - ctx.nowPs(), new Cpu.SleptOut(ticket));
      }
    }
  }

  /** It has waited in a loop for as long as it may, if it still does. */
  void spunOut(long spinning) {
    if (spinning == ticket && !isAway() && steps.isWaiting()) {
      leave(Hosting.Why.SPUN);
    } else if (spinning == ticket) {
      spinningStep = NEVER;
    }
  }

  private boolean isAway() {
    return out || interrupts.isHandling();
  }
}
