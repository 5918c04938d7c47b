package dev.shootdown.kernel.arch;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;

/**
 * Power's flush rules with radix tables: tlbiel if nobody else has the address space loaded, tlbie
 * by broadcast otherwise.
 *
 * <p>More entries than the ceiling flush the whole process identifier. Freed tables take one more
 * instruction, for the page-walk cache. In era C the secondary flush follows; it gets the range as
 * it was asked for, which is everything for a flush of the address space. Reclaim has no batches:
 * each entry is flushed at once. (Linux 6.12, arch/powerpc/mm/book3s64/radix_tlb.c.)
 */
final class PowerRules implements FlushRules {
  private final Place place;
  private final ArchSpec spec;

  PowerRules(Place place, ArchSpec spec) {
    this.place = place;
    this.spec = spec;
  }

  /** One flush. */
  private final class Flush implements Program {
    private enum At {
      START, TARGETS, LOCAL, ISSUE, SYNC, ENDED, SECONDARY, OVER
    }

    private final Job job;
    private final PageRange flushed;
    private At at = At.START;
    private long generation;

    private Flush(Job job) {
      this.job = job;
      this.flushed = X86Rules.widened(job, spec);
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
          KernelCall.FlushTargets found = (KernelCall.FlushTargets) ((Answered) last).result();
          generation = found.generation();
          boolean alone = X86Flush.others(found, true, place.cpu()).isEmpty();
          at = alone ? At.LOCAL : At.ISSUE;
          return Place.began(job, flushed, alone ? 0 : place.cpus() - 1);
        case LOCAL:
          at = At.ENDED;
          return new FlushLocal(
              new FlushHandler.Flush(
                  job.mm(), generation, flushed, job.strideOrder(), job.freedTables(), false));
        case ISSUE:
          at = At.SYNC;
          return issue();
        case SYNC:
          at = At.ENDED;
          return new Sync();
        case ENDED:
          at = place.isSecondaryInside() ? At.SECONDARY : At.OVER;
          return Place.ended(job);
        case SECONDARY:
          at = At.OVER;
          return place.secondary(job, job.range());
        default:
          return new Finish();
      }
    }

    private Step issue() {
      boolean full = flushed.isAll();
      FlushHandler.Walks walks =
          !job.freedTables()
              ? FlushHandler.Walks.KEEP
              : full ? FlushHandler.Walks.ALL : FlushHandler.Walks.RANGE;
      int count = full ? 1 : Math.toIntExact(Place.strides(job)) + (job.freedTables() ? 1 : 0);
      return new Issue(
          new Broadcast.What(job.mm(), flushed, generation, walks, false), count);
    }
  }

  @Override
  public Program cpuFlush(Job job) {
    return new Flush(job);
  }

  @Override
  public Program secondaryFlush(Job job) {
    return place.secondary().apply(job);
  }

  @Override
  public Program batchAdd(Job job) {
    return cpuFlush(job);
  }

  @Override
  public Program batchFlush(Job job) {
    return Sequence.nothing();
  }

  /** Hardware notices; only coprocessors would need to be told. */
  @Override
  public Program upgraded(Job job) {
    return Sequence.nothing();
  }

  @Override
  public Program syncWalkers() {
    return place.syncWalkers();
  }

  /** tlbie interrupts nobody. */
  @Override
  public boolean freesTablesLate() {
    return true;
  }
}
