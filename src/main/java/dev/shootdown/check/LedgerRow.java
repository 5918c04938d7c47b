package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;

/** What one operation cost, and whom. */
public final class LedgerRow {
  private static final Account[] ACCOUNTS = Account.values();
  private static final long UNFINISHED = -1;

  private final MachineFact.OperationBegan start;
  private final String cpu;
  private final long beganPs;
  private final long[] accountsPs = new long[ACCOUNTS.length];
  private long bookedUntilPs;
  private long endedPs = UNFINISHED;
  private long stolenPs;
  private int ipis;
  private int secondaryFlushes;
  private long requestedPages;
  private long flushedPages;

  LedgerRow(MachineFact.OperationBegan start, String cpu, long beganPs) {
    this.start = start;
    this.cpu = cpu;
    this.beganPs = beganPs;
    this.bookedUntilPs = beganPs;
  }

  /** The operation's number, unique in the run. */
  public long operation() {
    return start.operation();
  }

  /** What it was, such as {@code munmap}. */
  public String kind() {
    return start.kind();
  }

  /** The component that carried it out. */
  public String cpu() {
    return cpu;
  }

  /** The address space's number. */
  public int mm() {
    return start.mm();
  }

  /** What it was about. */
  public PageRange range() {
    return start.range();
  }

  /** When it began, in ps. */
  public long beganPs() {
    return beganPs;
  }

  /** Whether it ended within the run. */
  public boolean isFinished() {
    return endedPs != UNFINISHED;
  }

  /** From begin to end in ps; of an unfinished one, as far as it is booked. */
  public long elapsedPs() {
    return (isFinished() ? endedPs : bookedUntilPs) - beganPs;
  }

  /** Time booked to {@code account}, in ps. */
  public long accountPs(Account account) {
    return accountsPs[account.ordinal()];
  }

  /** Time that other CPUs spent on its behalf, in ps; not part of the elapsed time. */
  public long stolenPs() {
    return stolenPs;
  }

  /** Interrupts sent that ask for a flush. */
  public int ipis() {
    return ipis;
  }

  /** Flushes of IOTLBs and ATCs. */
  public int secondaryFlushes() {
    return secondaryFlushes;
  }

  /** Pages that its flushes asked for, CPU and secondary; at most the whole address space. */
  public long requestedPages() {
    return requestedPages;
  }

  /** Pages that its flushes covered, CPU and secondary; at most the whole address space. */
  public long flushedPages() {
    return flushedPages;
  }

  long bookedUntilPs() {
    return bookedUntilPs;
  }

  void book(Account account, long fromPs, long untilPs) {
    accountsPs[account.ordinal()] += untilPs - fromPs;
    bookedUntilPs = untilPs;
  }

  void end(long atPs) {
    endedPs = atPs;
  }

  void stolen(long durationPs) {
    stolenPs += durationPs;
  }

  void interrupted() {
    ipis++;
  }

  void flushed(MachineFact.FlushBegan flush) {
    if (flush.audience() == MachineFact.Audience.SECONDARY) {
      secondaryFlushes++;
    }
    requestedPages = Math.min(PageRange.ALL_PAGES, requestedPages + flush.requested().pages());
    flushedPages = Math.min(PageRange.ALL_PAGES, flushedPages + flush.flushed().pages());
  }
}
