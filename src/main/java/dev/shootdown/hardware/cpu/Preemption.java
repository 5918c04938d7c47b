package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;

/**
 * A hypervisor takes the physical CPU away for a while, by schedule.
 *
 * <p>While a vCPU doesn't run, or is halted, another may flag it; it then flushes everything before
 * it runs again (KVM_FEATURE_PV_TLB_FLUSH). Taking the CPU away waits for the end of an interrupt
 * handler, and stops altogether when the program is over.
 */
final class Preemption {
  private final PreemptionSpec spec;
  private final Ctx<Cpu.Command> ctx;
  private final Contexts contexts;
  private final Steps steps;
  private final Interrupts interrupts;
  private boolean out;
  private boolean due;
  private boolean flagged;
  private long fromPs;

  Preemption(
      PreemptionSpec spec, Ctx<Cpu.Command> ctx, Contexts contexts, Steps steps,
      Interrupts interrupts) {
    this.spec = spec;
    this.ctx = ctx;
    this.contexts = contexts;
    this.steps = steps;
    this.interrupts = interrupts;
    if (spec.lengthPs() > 0) {
      ctx.after(spec.firstPs(), new Cpu.Preempt());
    }
  }

  boolean isOut() {
    return out;
  }

  /** The schedule says that it is time. */
  void preempt() {
    if (steps.isFinished()) {
      return;
    }
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
    out = true;
    fromPs = ctx.nowPs();
    ctx.after(spec.lengthPs(), new Cpu.RunAgain());
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
}
