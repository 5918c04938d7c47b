package dev.shootdown.kernel.iommu;

import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Drivers in front of which PASIDs are given out: for an address space that has one now they flush
 * that; for one that has given its own back they hear of nothing, as its notifier is no longer
 * registered.
 */
public final class BoundDriver implements SecondaryDriver {
  private final SecondaryDriver drivers;
  private final Map<Integer, Integer> pasids;
  private final int domain;

  /**
   * In front of {@code drivers}.
   *
   * @param pasids by address space; those that are missing have their number for ever
   * @param domain the fault queue's number among the lock domains
   */
  public BoundDriver(SecondaryDriver drivers, Map<Integer, Integer> pasids, int domain) {
    this.drivers = drivers;
    this.pasids = new TreeMap<>(pasids);
    this.domain = domain;
  }

  @Override
  public Program flush(FlushRules.Job job) {
    return ifBound(job, drivers::flush);
  }

  @Override
  public Program defer(FlushRules.Job job) {
    return ifBound(job, drivers::defer);
  }

  /** One of a driver's flushes; being Serializable, it can say which one (a checkpoint asks). */
  private interface Flushing extends Function<FlushRules.Job, Program>, Serializable {}

  private Program ifBound(FlushRules.Job job, Flushing flush) {
    Integer pasid = pasids.get(job.mm());
    return pasid == null ? flush.apply(job) : new Asking(job, pasid, flush);
  }

  /** Asks first, because who has the PASID changes while the machine runs. */
  private final class Asking implements Program {
    private final FlushRules.Job job;
    private final int pasid;
    private final Flushing flush;
    private int at;

    Asking(FlushRules.Job job, int pasid, Flushing flush) {
      this.job = job;
      this.pasid = pasid;
      this.flush = flush;
    }

    @Override
    public Step next(Outcome last, long nowPs) {
      at++;
      if (at == 1) {
        return new Ask(domain, new KernelCall.AskPasid(pasid, job.mm()), Account.SOFTWARE);
      }
      boolean bound = at == 2 && last instanceof Answered answered
          && answered.result() instanceof KernelCall.Bound asked && asked.bound();
      return bound ? new Run(flush.apply(job.of(pasid))) : new Finish();
    }
  }
}
