package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import java.util.ArrayDeque;

/**
 * Carries out a program's steps. At most one is under way: it takes time, which an interrupt can
 * stretch, or it waits for an answer.
 */
final class Steps {
  static final Program.Outcome DONE = new Program.Done();

  private static final long NONE = -1;

  private final Ctx<Cpu.Command> ctx;
  private final TimeLine timeLine;
  private final Contexts contexts;
  private final Touches touches;
  private final Sending sending;
  private final Waits waits;
  private final ArrayDeque<Program> calls = new ArrayDeque<>();
  private final Interrupts interrupts;
  private final Starts starts;

  private Program.Step step;
  private long number;
  private long duePs = NONE;
  private long remainingPs = NONE;
  private boolean idle;
  private boolean finished;
  private Cpu.Command stashed;

  Steps(
      CpuSpec spec, CpuLayout layout, Ctx<Cpu.Command> ctx, TimeLine timeLine,
      Contexts contexts) {
    this.ctx = ctx;
    this.timeLine = timeLine;
    this.contexts = contexts;
    this.touches = new Touches(spec, layout.number(), ctx, contexts, this);
    this.sending = new Sending(spec, layout.number(), ctx, timeLine, this);
    this.waits = new Waits(layout.number(), ctx, timeLine);
    this.interrupts = new Interrupts(spec, layout, ctx, timeLine, this, contexts);
    this.starts = new Starts(spec, layout, ctx, timeLine, contexts, interrupts, this);
    calls.addLast(layout.program());
  }

  Interrupts interrupts() {
    return interrupts;
  }

  Touches touches() {
    return touches;
  }

  Sending sending() {
    return sending;
  }

  Waits waits() {
    return waits;
  }

  Program.Step current() {
    return step;
  }

  /** The number of what is under way. */
  long number() {
    return number;
  }

  /** A number that nothing under way has. */
  long nextNumber() {
    return ++number;
  }

  /** The CPU waits, halted or not, until the step under way is over. */
  void halt(boolean halted) {
    idle = halted;
  }

  /** The program is over. */
  void finish() {
    idle = true;
    finished = true;
  }

  /** Whether the CPU is halted. */
  boolean isIdle() {
    return idle;
  }

  /** Whether an answer is waited for, and nothing else is done. */
  boolean isWaiting() {
    return duePs < 0 && remainingPs < 0 && !finished;
  }

  /** Whether the program is over. */
  boolean isFinished() {
    return finished;
  }

  /** Carries out steps until one takes time or waits. */
  void advance(Program.Outcome outcome) {
    Program.Outcome last = outcome;
    while (last != null) {
      number++;
      step = calls.getLast().next(last, ctx.nowPs());
      if (step instanceof Program.Run run) {
        calls.addLast(run.program());
        last = DONE;
      } else if (step instanceof Program.Finish && calls.size() > 1) {
        calls.removeLast();
        last = DONE;
      } else {
        last = starts.start(step);
      }
    }
  }

  /** The step under way is over. */
  void over(Account account, Program.Outcome outcome) {
    timeLine.book(account);
    advance(outcome);
  }

  /** The step under way takes time from now on. */
  void takeTime(long leftPs) {
    number++;
    duePs = ctx.nowPs() + leftPs;
    ctx.after(leftPs, new Cpu.StepOver(number));
    if (interrupts.isDue()) {
      interrupts.enter();
    }
  }

  /** A timer rang; one of a step that was suspended since means nothing. */
  void stepOver(long rang) {
    if (rang == number && duePs >= 0 && !interrupts.isAway()) {
      duePs = NONE;
      finishTimed();
    }
  }

  /** The step under way has had its time. */
  private void finishTimed() {
    if (idle) {
      idle = false;
      interrupts.wake();
    }
    if (step instanceof Program.Spend spend) {
      over(spend.account(), DONE);
    } else if (step instanceof Program.FlushLocal flush) {
      contexts.apply(starts.decide(flush.what()), flush.what().mm());
      over(Account.LOCAL_FLUSH, DONE);
    } else if (step instanceof Program.Interrupt || step instanceof Program.Probe) {
      timeLine.book(Account.IPI_SEND);
      advance(sending.sent());
    } else if (step instanceof Program.Issue issue) {
      contexts.forget(issue.what());
      waits.issue(issue);
      over(Account.LOCAL_FLUSH, DONE);
    } else {
      over(Account.USER, DONE);
    }
  }

  void answered(KernelCall.Reply reply) {
    waits.answered();
    if (step instanceof Program.Ask ask) {
      timeLine.book(reply, ask.service());
      advance(new Program.Answered(reply.result()));
    } else if (step instanceof Program.FlushLocal flush && duePs < 0
        && reply.result() instanceof KernelCall.Generation newest) {
      timeLine.book(reply, Account.LOCAL_FLUSH);
      starts.flush(flush.what(), newest.generation());
    }
  }

  void completed(Invalidation.Completed completed) {
    boolean counted = waits.completed(completed);
    if (counted && waits.completionsMissing() == 0 && step instanceof Program.AwaitInvalidation) {
      timeLine.book(completed);
      advance(waits.invalidated());
    }
  }

  /** Something came that a wait may have been for; an answer that is kept for later is not. */
  void recheck() {
    if (interrupts.isAway()) {
      return;
    }
    if (step instanceof Program.AwaitAcks && sending.acknowledgements().look()) {
      over(Account.ACK_WAIT, DONE);
    } else if (step instanceof Program.Sync && waits.isSynced()) {
      over(Account.BROADCAST_WAIT, DONE);
    } else if (duePs < 0 && isSending() && sending.hasItsAnswers()) {
      timeLine.book(sending.waiting());
      advance(sending.goOn());
    }
  }

  private boolean isSending() {
    return step instanceof Program.Interrupt || step instanceof Program.Probe;
  }

  /** Keeps an answer until the CPU comes back to its program. */
  void stash(Cpu.Command answer) {
    stashed = answer;
  }

  /** The CPU turns to something else; what the step still has to do is kept. */
  void suspend() {
    if (duePs >= 0) {
      // A part in trouble can be later than it reckoned: then nothing of the step is left to do.
      remainingPs = Math.max(0, duePs - ctx.nowPs());
      duePs = NONE;
      number++;
      timeLine.book(TimeLine.accountOf(step));
    }
  }

  /** The time since the suspension was spent on {@code account}, if a step was cut short. */
  void bookAway(Account account) {
    if (remainingPs >= 0) {
      timeLine.book(account);
    }
  }

  /** What is left of the step: waiting for a time ends at that time, however often disturbed. */
  private long leftPs() {
    return step instanceof Program.Until until
        ? Math.max(0, until.untilPs() - ctx.nowPs()) : remainingPs;
  }

  /** The CPU comes back to the step. Returns an answer that came meanwhile, or null. */
  Cpu.Command resume() {
    if (remainingPs >= 0) {
      timeLine.book(Account.INTERRUPTED);
      long leftPs = leftPs();
      remainingPs = NONE;
      takeTime(leftPs);
    } else if (step instanceof Program.Touch touch) {
      touches.touchAgain(touch);
    } else if (stashed != null) {
      Cpu.Command answer = stashed;
      stashed = null;
      return answer;
    } else {
      recheck();
    }
    return null;
  }
}
