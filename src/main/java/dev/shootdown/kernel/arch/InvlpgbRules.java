package dev.shootdown.kernel.arch;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.protocol.Program.Issue;
import dev.shootdown.protocol.Program.Sync;
import java.util.ArrayList;
import java.util.List;

/**
 * AMD's flush rules with INVLPGB: as x86 for address spaces on few CPUs, by broadcast for others.
 *
 * <ol>
 *   <li>An address space that is active on more than a few CPUs gets a global identifier.
 *   <li>CPUs that still use one of their own are interrupted, and change over.
 *   <li>INVLPGB names the range by the global identifier, some pages an instruction; TLBSYNC waits.
 *       Nobody is interrupted.
 * </ol>
 *
 * <p>Source: Linux 6.15, arch/x86/mm/tlb.c, {@code broadcast_tlb_flush}, {@code
 * finish_asid_transition}.
 */
final class InvlpgbRules implements FlushRules {
  private final Place place;
  private final ArchSpec spec;
  private final GlobalIds ids;

  InvlpgbRules(Place place, ArchSpec spec) {
    this.place = place;
    this.spec = spec;
    this.ids = new GlobalIds(spec);
  }

  /** One flush; it starts like any on x86, until it is known who has the address space loaded. */
  private final class Flush implements Program {
    private enum At {
      START, TARGETS, PROBE, INTERRUPT, SELF, ISSUE, ACKS, SYNC, ENDED, SECONDARY, OVER, BY_IPI
    }

    private final Job job;
    private final PageRange flushed;
    private final Program byInterrupt;
    private At at = At.START;
    private long generation;
    private List<Integer> unknown = List.of();
    private boolean interrupted;

    private Flush(Job job) {
      this.job = job;
      this.flushed = X86Rules.widened(job, spec);
      this.byInterrupt =
          new X86Flush(
              job, place,
              new X86Flush.Manner(flushed, false, place.isSecondaryInside(), spec));
    }

    @Override
    public Step next(Outcome last, long nowPs) {
      switch (at) {
        case START:
          at = At.TARGETS;
          return byInterrupt.next(last, nowPs);
        case TARGETS:
          return targets(last, nowPs);
        case PROBE:
          at = At.INTERRUPT;
          return new Probe(unknown, Ipi.Question.USES_GLOBAL_ID, job.mm());
        case INTERRUPT:
          at = At.SELF;
          interrupted = true;
          return new Interrupt(((Unsettled) last).cpus(), changeOver());
        case SELF:
          at = At.ISSUE;
          return new FlushLocal(changeOver());
        case ISSUE:
          at = interrupted ? At.ACKS : At.SYNC;
          return issue();
        case ACKS:
          at = At.SYNC;
          return new AwaitAcks();
        case SYNC:
          at = At.ENDED;
          return new Sync();
        case ENDED:
          at = place.isSecondaryInside() ? At.SECONDARY : At.OVER;
          return Place.ended(job);
        case SECONDARY:
          at = At.OVER;
          return place.secondary(job, flushed);
        case BY_IPI:
          return byInterrupt.next(last, nowPs);
        default:
          return new Finish();
      }
    }

    private Step targets(Outcome last, long nowPs) {
      KernelCall.FlushTargets found = (KernelCall.FlushTargets) ((Answered) last).result();
      if (!ids.has(job.mm(), found.active().size(), nowPs)) {
        at = At.BY_IPI;
        return byInterrupt.next(last, nowPs);
      }
      generation = found.generation();
      unknown = new ArrayList<>();
      for (int other : X86Flush.others(found, true, place.cpu())) {
        if (!ids.seen(job.mm()).get(other)) {
          unknown.add(other);
          ids.seen(job.mm()).set(other);
        }
      }
      boolean selfChanges = !ids.seen(job.mm()).get(place.cpu());
      ids.seen(job.mm()).set(place.cpu());
      if (spec.globalIdTransition() && !unknown.isEmpty()) {
        at = At.PROBE;
      } else {
        at = selfChanges ? At.SELF : At.ISSUE;
      }
      return Place.began(job, flushed, place.cpus() - 1);
    }

    private FlushHandler.Flush changeOver() {
      return new FlushHandler.Flush(
          job.mm(), generation, PageRange.ALL, 0, job.freedTables(), true);
    }

    private Step issue() {
      FlushHandler.Walks walks =
          flushed.isAll()
              ? FlushHandler.Walks.ALL
              : job.freedTables() ? FlushHandler.Walks.RANGE : FlushHandler.Walks.KEEP;
      long pagesMax = spec.broadcastPagesMax();
      long count = flushed.isAll() ? 1 : (Place.strides(job) + pagesMax - 1) / pagesMax;
      return new Issue(
          new Broadcast.What(job.mm(), flushed, generation, walks, true),
          Math.toIntExact(spec.twins() ? 2 * count : count));
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
    return X86Rules.addToBatch(job, place);
  }

  /** Everything of everybody, as the batch remembers no address spaces. */
  @Override
  public Program batchFlush(Job job) {
    return new Sequence(
        List.of(
            Place.began(job, PageRange.ALL, place.cpus() - 1),
            new Issue(
                new Broadcast.What(
                    Broadcast.EVERY_SPACE, PageRange.ALL, Broadcast.NO_GENERATION,
                    FlushHandler.Walks.ALL, false),
                1),
            new Sync(), Place.ended(job)));
  }

  @Override
  public Program upgraded(Job job) {
    return Sequence.nothing();
  }

  @Override
  public Program syncWalkers() {
    return place.syncWalkers();
  }

  /** Broadcasts interrupt nobody. */
  @Override
  public boolean freesTablesLate() {
    return true;
  }
}
