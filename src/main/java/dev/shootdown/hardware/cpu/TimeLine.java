package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;

/** Books the time line of the operation that a CPU carries out, without a gap or an overlap. */
final class TimeLine {
  private static final long NONE = -1;

  private final Ctx<?> ctx;
  private final int cpu;
  private long operation = NONE;
  private long bookedPs;
  private long begun;

  TimeLine(Ctx<?> ctx, int cpu) {
    this.ctx = ctx;
    this.cpu = cpu;
  }

  /** Starts an operation; its number is unique in the run and depends on nothing but this CPU. */
  long begin() {
    operation = (long) cpu << 40 | ++begun;
    bookedPs = ctx.nowPs();
    return operation;
  }

  /** The operation under way, or −1. */
  long operation() {
    return operation;
  }

  void end() {
    book(Account.SOFTWARE, ctx.nowPs());
    ctx.mark(new MachineFact.OperationEnded(operation));
    operation = NONE;
  }

  /** Books everything since the last booking. */
  void book(Account account) {
    book(account, ctx.nowPs());
  }

  /** Books until {@code untilPs}, which is now or earlier. */
  void book(Account account, long untilPs) {
    long until = Math.max(untilPs, bookedPs);
    if (operation != NONE && until > bookedPs) {
      ctx.mark(new MachineFact.Booked(operation, account, bookedPs, until));
    }
    bookedPs = until;
  }

  /** Splits a wait for a lock domain into reaching it, its lock, and its service. */
  void book(KernelCall.Reply reply, Account service) {
    book(Account.REACH, reply.arrivedPs());
    book(Account.LOCK_WAIT, reply.grantedPs());
    book(service, reply.donePs());
    book(Account.REACH);
  }

  /** Splits a wait for an IOMMU; of several, the one that ended last is what was waited for. */
  void book(Invalidation.Completed completed) {
    book(Account.QUEUE_WAIT, completed.startedPs());
    book(Account.IOTLB_WAIT, completed.iotlbDonePs());
    book(Account.ATC_WAIT, completed.deviceDonePs());
    book(Account.STATUS_WAIT);
  }

  /** What the time of a step under way is spent on. */
  static Account accountOf(Program.Step step) {
    if (step instanceof Program.Spend spend) {
      return spend.account();
    } else if (step instanceof Program.FlushLocal || step instanceof Program.Issue) {
      return Account.LOCAL_FLUSH;
    } else if (step instanceof Program.Interrupt || step instanceof Program.Probe) {
      return Account.IPI_SEND;
    }
    return Account.USER;
  }
}
