package dev.shootdown.kernel.iommu;

import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * How CPUs come to write to command queues: for a place that they compete for, or under the
 * drivers' spinlocks. All of it is asked of domains, by number; −1 stands for none.
 *
 * @param tails by the number of an IOMMU, the domain that gives places in its queue
 * @param spaceLocks by address space, or by PASID where one is given out, its lock in its driver
 * @param queueLocks by the number of an IOMMU, the lock of its queue
 * @param polls by the number of an IOMMU, how that lock is held while a CPU polls
 * @param reclaimPs for {@link Polling#LOOKS_INSIDE}, what is done under the lock at the end, in ps
 */
public record CommandQueues(
    IntUnaryOperator tails, IntUnaryOperator spaceLocks, IntUnaryOperator queueLocks,
    IntFunction<Polling> polls, long reclaimPs) {
  /** What becomes of a queue's lock once commands are written. */
  public enum Polling {
    /** It is kept until they are done (AMD, {@code iommu_completion_wait} of Linux 6.12). */
    INSIDE,
    /** It is given back, and not needed again. */
    OUTSIDE,
    /**
     * It is given back while the CPU waits, but taken for each look at the status, so for the last
     * one as well (Intel, {@code qi_submit_sync}).
     */
    LOOKS_INSIDE
  }

  private static final IntUnaryOperator NO_DOMAIN = number -> -1;

  /** Nobody competes and there are no locks. */
  public static final CommandQueues FREE = withTails(NO_DOMAIN);

  /** Queues whose places are competed for, without locks. */
  public static CommandQueues withTails(IntUnaryOperator tails) {
    return new CommandQueues(tails, NO_DOMAIN, NO_DOMAIN, iommu -> Polling.OUTSIDE, 0);
  }

  /** Whether commands for {@code iommu} are written under a lock. */
  boolean isLocked(int iommu) {
    return queueLocks.applyAsInt(iommu) >= 0;
  }

  /** Whether {@code iommu}'s driver keeps that lock until its commands are done. */
  boolean keepsLock(int iommu) {
    return isLocked(iommu) && polls.apply(iommu) == Polling.INSIDE;
  }

  /** The CPU is about to write commands for {@code iommu}. */
  void enter(List<? super Program.Step> steps, int iommu) {
    enterLocked(steps, iommu);
    int tail = tails.applyAsInt(iommu);
    if (tail >= 0) {
      steps.add(new Program.Ask(tail, new KernelCall.ClaimPlace(), Account.SUBMIT));
    }
  }

  /** The same for a CPU that doesn't compete for a place. */
  void enterLocked(List<? super Program.Step> steps, int iommu) {
    lock(steps, queueLocks.applyAsInt(iommu));
  }

  /** The CPU gives the queue's lock back. */
  void leave(List<? super Program.Step> steps, int iommu) {
    unlock(steps, queueLocks.applyAsInt(iommu));
  }

  /** What was submitted to {@code iommu} is done. */
  void answered(List<? super Program.Step> steps, int iommu) {
    if (keepsLock(iommu)) {
      leave(steps, iommu);
    } else {
      seen(steps, iommu);
    }
  }

  /** The same where the lock was given back before, whatever the driver does elsewhere. */
  void seen(List<? super Program.Step> steps, int iommu) {
    if (isLocked(iommu) && polls.apply(iommu) == Polling.LOOKS_INSIDE) {
      enterLocked(steps, iommu);
      steps.add(new Program.Spend(Account.STATUS_WAIT, reclaimPs));
      leave(steps, iommu);
    }
  }

  static void lock(List<? super Program.Step> steps, int lock) {
    if (lock >= 0) {
      steps.add(new Program.Ask(lock, new KernelCall.Lock(true), Account.SUBMIT));
    }
  }

  static void unlock(List<? super Program.Step> steps, int lock) {
    if (lock >= 0) {
      steps.add(new Program.Tell(lock, new KernelCall.Unlock(true)));
    }
  }
}
