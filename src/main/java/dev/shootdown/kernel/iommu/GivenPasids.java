package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.PasidRules;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * PASIDs that address spaces get when they are bound and give back when they are unbound, as
 * software on a CPU handles them; the {@link FaultQueue} knows who has which.
 */
public final class GivenPasids implements PasidRules {
  private final Map<Integer, Integer> pasids;
  private final Bindings bindings;
  private final int domain;
  private final long submitPs;
  private final CommandQueues queues;

  /**
   * The PASIDs of a machine.
   *
   * @param pasids by address space; those that are missing have their number for ever
   * @param bindings devices by IOMMU, by PASID where one is given out
   * @param domain the fault queue's number among the lock domains
   * @param submitPs time to write descriptors and ring the doorbell, in ps
   */
  public GivenPasids(
      Map<Integer, Integer> pasids, Bindings bindings, int domain, long submitPs,
      CommandQueues queues) {
    this.pasids = new TreeMap<>(pasids);
    this.bindings = bindings;
    this.domain = domain;
    this.submitPs = submitPs;
    this.queues = queues;
  }

  @Override
  public Program act(Act act, long operation, int mm) {
    int pasid = pasids.get(mm);
    List<Program.Step> steps = new ArrayList<>();
    switch (act) {
      case BIND -> {
        steps.add(ask(new KernelCall.BindPasid(pasid, mm)));
        entries(steps, pasid, mm, true);
      }
      case CLEAR -> entries(steps, pasid, mm, false);
      case FLUSH -> flush(steps, operation, mm, pasid);
      case DRAIN -> steps.add(ask(new KernelCall.DrainPageRequests(pasid)));
      case FREE -> steps.add(ask(new KernelCall.FreePasid(pasid)));
    }
    return new StepList(steps);
  }

  private Program.Step ask(KernelCall.Request request) {
    return new Program.Ask(domain, request, Account.SOFTWARE);
  }

  private void entries(List<Program.Step> steps, int pasid, int mm, boolean attached) {
    bindings.of(pasid).keySet().forEach(
        iommu -> submit(
            steps, iommu, List.of(new Invalidation.PasidEntry(pasid, mm, attached))));
  }

  private void flush(List<Program.Step> steps, long operation, int mm, int pasid) {
    steps.add(new Program.Note(new MachineFact.FlushBegan(
        operation, MachineFact.Audience.SECONDARY, mm, PageRange.ALL, PageRange.ALL,
        bindings.count(pasid))));
    bindings.of(pasid).forEach((iommu, devices) -> {
      List<Invalidation.Descriptor> commands = new ArrayList<>();
      commands.add(new Invalidation.Iotlb(pasid, PageRange.ALL));
      commands.add(new Invalidation.Wait(true, false, 0));
      devices.forEach(
          device -> commands.add(new Invalidation.DeviceTlb(device, pasid, PageRange.ALL)));
      commands.add(new Invalidation.Wait(false, true, 0));
      submit(steps, iommu, commands);
    });
    steps.add(new Program.Note(
        new MachineFact.FlushEnded(operation, MachineFact.Audience.SECONDARY)));
  }

  /** With interrupts off, as the locks are spinlocks. */
  private void submit(
      List<Program.Step> steps, int iommu, List<Invalidation.Descriptor> commands) {
    boolean locks = queues.isLocked(iommu);
    if (locks) {
      steps.add(new Program.Interrupts(false));
    }
    queues.enter(steps, iommu);
    steps.add(new Program.Spend(Account.SUBMIT, submitPs));
    steps.add(new Program.Submit(iommu, commands));
    if (!queues.keepsLock(iommu)) {
      queues.leave(steps, iommu);
    }
    steps.add(new Program.AwaitInvalidation());
    queues.answered(steps, iommu);
    if (locks) {
      steps.add(new Program.Interrupts(true));
    }
  }
}
