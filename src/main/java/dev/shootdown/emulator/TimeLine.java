package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;

/** The time line of a guest's operations: every stretch is booked, so that the ledger closes. */
final class TimeLine {
  private static final int NUMBER_BITS = 32;
  private static final long NONE = -1;

  private final Ctx<?> ctx;
  private long next;
  private long operation = NONE;
  private long bookedPs;
  private Account current = Account.SOFTWARE;

  TimeLine(Ctx<?> ctx, int mm) {
    this.ctx = ctx;
    this.next = (long) mm << NUMBER_BITS;
  }

  void begin(String kind, int mm, PageRange range) {
    operation = next++;
    bookedPs = ctx.nowPs();
    current = Account.SOFTWARE;
    ctx.mark(new MachineFact.OperationBegan(operation, kind, mm, range));
  }

  /** The operation under way, −1 if there is none. */
  long operation() {
    return operation;
  }

  boolean isOpen() {
    return operation != NONE;
  }

  /** What follows now is spent on {@code account}. */
  void turnTo(Account account) {
    book(current, ctx.nowPs());
    current = account;
  }

  /** The time up to {@code untilPs}, not after now, was spent on {@code account}. */
  void book(Account account, long untilPs) {
    if (untilPs > bookedPs) {
      ctx.mark(new MachineFact.Booked(operation, account, bookedPs, untilPs));
      bookedPs = untilPs;
    }
  }

  void end() {
    book(current, ctx.nowPs());
    ctx.mark(new MachineFact.OperationEnded(operation));
    operation = NONE;
  }
}
