package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;

/** Puts a driver's flush together: with interrupts off, rounds of submissions and waits. */
final class FlushSteps {
  /** A flush that has nothing to do. */
  static final Program NOTHING = (last, nowPs) -> new Program.Finish();

  private final FlushRules.Job job;
  private final long submitPs;
  private final List<Program.Step> steps = new ArrayList<>();

  /**
   * A flush of {@code job}.
   *
   * @param flushed what the driver makes of the job's range
   * @param targets how many devices
   * @param submitPs time to write a batch of descriptors
   */
  FlushSteps(FlushRules.Job job, PageRange flushed, int targets, long submitPs) {
    this.job = job;
    this.submitPs = submitPs;
    steps.add(new Program.Note(new MachineFact.FlushBegan(
        job.operation(), MachineFact.Audience.SECONDARY, job.mm(), job.range(), flushed,
        targets)));
    steps.add(new Program.Interrupts(false));
  }

  FlushSteps submit(int iommu, List<? extends Invalidation.Descriptor> descriptors) {
    steps.add(new Program.Spend(Account.SUBMIT, submitPs));
    steps.add(new Program.Submit(iommu, List.copyOf(descriptors)));
    return this;
  }

  FlushSteps await() {
    steps.add(new Program.AwaitInvalidation());
    return this;
  }

  Program build() {
    steps.add(new Program.Interrupts(true));
    steps.add(new Program.Note(
        new MachineFact.FlushEnded(job.operation(), MachineFact.Audience.SECONDARY)));
    return new StepList(steps);
  }
}
