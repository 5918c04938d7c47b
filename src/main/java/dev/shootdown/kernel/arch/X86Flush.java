package dev.shootdown.kernel.arch;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import java.util.ArrayList;
import java.util.List;

/**
 * x86's {@code flush_tlb_mm_range} on the initiating CPU.
 *
 * <ol>
 *   <li>More entries than the ceiling become a full flush.
 *   <li>Raise the generation and read who has the address space loaded.
 *   <li>If the mask names another CPU, prepare to reach it, even if none turns out to need it.
 *   <li>In a guest, flag those that don't run; they need no more.
 *   <li>Interrupt those in earnest, and lazy ones only if page tables may be freed; flush locally
 *       while they work; wait for all.
 *   <li>In era C the secondary TLBs come last, with the widened range.
 * </ol>
 *
 * <p>Source: Linux 6.12, arch/x86/mm/tlb.c, arch/x86/kernel/kvm.c.
 */
final class X86Flush implements Program {
  private enum At {
    START, TARGETS, MULTI, FLAG, INTERRUPT, LOCAL, ACKS, ENDED, SECONDARY, OVER
  }

  /**
   * How to go about it.
   *
   * @param flushed what is flushed: the job's range or everything
   * @param paravirtual whether vCPUs that don't run are flagged
   * @param secondary whether the secondary flush follows
   * @param spec what else can be chosen
   */
  record Manner(PageRange flushed, boolean paravirtual, boolean secondary, ArchSpec spec) {}

  private final FlushRules.Job job;
  private final Place place;
  private final Manner manner;
  private At at = At.START;
  private KernelCall.FlushTargets found;
  private FlushHandler.Flush what;
  private List<Integer> targets = List.of();

  X86Flush(FlushRules.Job job, Place place, Manner manner) {
    this.job = job;
    this.place = place;
    this.manner = manner;
  }

  @Override
  public Step next(Outcome last, long nowPs) {
    switch (at) {
      case START:
        at = At.TARGETS;
        return new Ask(
            place.map().addressSpace(job.mm()), new KernelCall.NextGeneration(),
            Account.SOFTWARE);
      case TARGETS:
        found = (KernelCall.FlushTargets) ((Answered) last).result();
        what =
            new FlushHandler.Flush(
                job.mm(), found.generation(), manner.flushed(), job.strideOrder(),
                job.freedTables(), false);
        targets =
            others(found, job.freedTables() && manner.spec().interruptLazy(), place.cpu());
        at = At.MULTI;
        return Place.began(job, manner.flushed(), targets.size());
      case MULTI:
        at = manner.paravirtual() && !targets.isEmpty() ? At.FLAG : At.INTERRUPT;
        return isMulti()
            ? new Spend(Account.IPI_SEND, manner.spec().flushMultiPs()) : next(last, nowPs);
      case FLAG:
        at = At.INTERRUPT;
        return new Probe(targets, Ipi.Question.FLUSH_ON_ENTRY, job.mm());
      case INTERRUPT:
        targets = last instanceof Unsettled running ? running.cpus() : targets;
        at = At.LOCAL;
        return new Interrupt(targets, what);
      case LOCAL:
        at = At.ACKS;
        return new FlushLocal(what);
      case ACKS:
        at = At.ENDED;
        return new AwaitAcks();
      case ENDED:
        at = manner.secondary() ? At.SECONDARY : At.OVER;
        return Place.ended(job);
      case SECONDARY:
        at = At.OVER;
        return place.secondary(job, manner.flushed());
      default:
        return new Finish();
    }
  }

  /** Whether the mask names another CPU, which Linux makes dearer than a flush of its own alone. */
  private boolean isMulti() {
    return manner.spec().flushMultiPs() > 0 && !others(found, true, place.cpu()).isEmpty();
  }

  /** All that have the address space loaded but {@code self}; lazy ones only if wanted. */
  static List<Integer> others(KernelCall.FlushTargets found, boolean lazyToo, int self) {
    List<Integer> others = new ArrayList<>(found.active().size());
    for (int other : found.active()) {
      if (other != self) {
        others.add(other);
      }
    }
    if (lazyToo) {
      for (int other : found.lazy()) {
        if (other != self) {
          others.add(other);
        }
      }
    }
    return others;
  }
}
