package dev.shootdown.scenario;

import dev.shootdown.kernel.iommu.FlushQueue;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Program;

/** An architecture's flushes with a queue for those of secondary TLBs that may wait. */
record DeferringRules(FlushRules rules, FlushQueue queue) implements FlushRules {
  @Override
  public Program cpuFlush(Job job) {
    return rules.cpuFlush(job);
  }

  @Override
  public Program secondaryFlush(Job job) {
    return rules.secondaryFlush(job);
  }

  @Override
  public Program batchAdd(Job job) {
    return rules.batchAdd(job);
  }

  @Override
  public Program batchFlush(Job job) {
    return rules.batchFlush(job);
  }

  @Override
  public Program upgraded(Job job) {
    return rules.upgraded(job);
  }

  @Override
  public Program syncWalkers() {
    return rules.syncWalkers();
  }

  @Override
  public boolean freesTablesLate() {
    return rules.freesTablesLate();
  }

  @Override
  public boolean leavesMask() {
    return rules.leavesMask();
  }

  @Override
  public Program defer(Job job) {
    return queue.defer(job);
  }

  @Override
  public long timerPs() {
    return queue.deadlinePs();
  }

  @Override
  public Program timer() {
    return queue.expire();
  }
}
