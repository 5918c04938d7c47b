package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Flushes that only take time and say what they are. */
final class TestRules implements FlushRules {
  private static final long FLUSH_PS = 100;

  final List<Job> cpuJobs = new ArrayList<>();
  final List<Job> secondaryJobs = new ArrayList<>();
  final List<Job> batchJobs = new ArrayList<>();
  final List<Job> upgradedJobs = new ArrayList<>();
  int syncs;
  boolean late;
  private final Era era;

  TestRules(Era era) {
    this.era = era;
  }

  private static Program steps(List<Program.Step> steps) {
    Iterator<Program.Step> left = steps.iterator();
    return (last, nowPs) -> left.hasNext() ? left.next() : new Program.Finish();
  }

  private static List<Program.Step> flush(Job job, Audience audience) {
    PageRange range = job.range();
    return List.of(
        new Program.Note(
            new MachineFact.FlushBegan(
                job.operation(), audience, job.mm(), range, range, 1)),
        new Program.Spend(Account.ACK_WAIT, FLUSH_PS),
        new Program.Note(new MachineFact.FlushEnded(job.operation(), audience)));
  }

  @Override
  public Program cpuFlush(Job job) {
    cpuJobs.add(job);
    List<Program.Step> all = new ArrayList<>(flush(job, Audience.CPU));
    if (era == Era.C) {
      all.addAll(flush(job, Audience.SECONDARY));
    }
    return steps(all);
  }

  @Override
  public Program secondaryFlush(Job job) {
    secondaryJobs.add(job);
    return steps(flush(job, Audience.SECONDARY));
  }

  @Override
  public Program batchAdd(Job job) {
    batchJobs.add(job);
    return steps(List.of());
  }

  @Override
  public Program batchFlush(Job job) {
    return steps(flush(job, Audience.CPU));
  }

  @Override
  public Program upgraded(Job job) {
    upgradedJobs.add(job);
    return steps(List.of());
  }

  @Override
  public Program syncWalkers() {
    syncs++;
    return steps(List.of(new Program.Spend(Account.ACK_WAIT, FLUSH_PS)));
  }

  @Override
  public boolean freesTablesLate() {
    return late;
  }
}
