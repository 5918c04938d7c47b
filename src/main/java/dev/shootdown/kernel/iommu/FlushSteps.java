package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Puts a driver's flush together: with interrupts off, rounds of submissions and waits. */
final class FlushSteps {
  /** A flush that has nothing to do. */
  static final Program NOTHING = (last, nowPs) -> new Program.Finish();

  private static final int NO_LOCK = -1;

  private final FlushRules.Job job;
  private final long submitPs;
  private final CommandQueues queues;
  private final List<Program.Step> steps = new ArrayList<>();
  private final Set<Integer> unanswered = new TreeSet<>();
  private int spaceLock = NO_LOCK;

  /**
   * A flush of {@code job}.
   *
   * @param flushed what the driver makes of the job's range
   * @param targets how many devices
   * @param submitPs time to write a batch of descriptors
   */
  FlushSteps(
      FlushRules.Job job, PageRange flushed, int targets, long submitPs,
      CommandQueues queues) {
    this.job = job;
    this.submitPs = submitPs;
    this.queues = queues;
    steps.add(new Program.Note(new MachineFact.FlushBegan(
        job.operation(), MachineFact.Audience.SECONDARY, job.mm(), job.range(), flushed,
        targets)));
    steps.add(new Program.Interrupts(false));
  }

  /**
   * What drivers do when an address space goes (intel_mm_release, mn_release of iommu_v2,
   * arm_smmu_mm_release, sva_mn_release): the PASID's entry no longer leads to a page table, so
   * that nothing can be walked; then the IOTLB and the devices forget all of it, and page requests
   * that are under way reach the log.
   *
   * @param giveUpPs how long the CPU polls, in ps; 0 for ever
   */
  static Program release(
      FlushRules.Job job, Bindings bindings, long submitPs, long giveUpPs,
      CommandQueues queues) {
    PageRange all = PageRange.ALL;
    Invalidation.Wait wait = new Invalidation.Wait(false, true, giveUpPs);
    FlushSteps steps =
        new FlushSteps(job, all, bindings.count(job.mm()), submitPs, queues);
    bindings.of(job.mm()).forEach((iommu, devices) -> {
      steps.submit(
          iommu,
          List.of(
              new Invalidation.PasidEntry(job.mm(), false),
              new Invalidation.Iotlb(job.mm(), all), wait));
      steps.await();
      List<Invalidation.Descriptor> commands = new ArrayList<>();
      devices.forEach(
          device -> commands.add(new Invalidation.DeviceTlb(device, job.mm(), all)));
      commands.add(wait);
      steps.submit(iommu, commands).await();
    });
    return steps.build();
  }

  /** From here to its end the flush holds the lock of its address space, if there is one. */
  FlushSteps lockSpace() {
    spaceLock = queues.spaceLocks().applyAsInt(job.mm());
    CommandQueues.lock(steps, spaceLock);
    return this;
  }

  FlushSteps submit(int iommu, List<? extends Invalidation.Descriptor> descriptors) {
    boolean held = queues.keepsLock(iommu) && unanswered.contains(iommu);
    if (!held) {
      queues.enter(steps, iommu);
    }
    steps.add(new Program.Spend(Account.SUBMIT, submitPs));
    steps.add(new Program.Submit(iommu, List.copyOf(descriptors)));
    unanswered.add(iommu);
    if (!queues.keepsLock(iommu)) {
      queues.leave(steps, iommu);
    }
    return this;
  }

  /** Waits for all that was submitted; locks kept so long are given back only then. */
  FlushSteps await() {
    steps.add(new Program.AwaitInvalidation());
    unanswered.forEach(iommu -> queues.answered(steps, iommu));
    unanswered.clear();
    return this;
  }

  Program build() {
    CommandQueues.unlock(steps, spaceLock);
    steps.add(new Program.Interrupts(true));
    steps.add(new Program.Note(
        new MachineFact.FlushEnded(job.operation(), MachineFact.Audience.SECONDARY)));
    return new StepList(steps);
  }
}
