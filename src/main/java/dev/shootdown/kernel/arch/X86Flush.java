package dev.shootdown.kernel.arch;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * x86's {@code flush_tlb_mm_range} on the initiating CPU.
 *
 * <ol>
 *   <li>More pages than the ceiling become a full flush.
 *   <li>Raise the generation and read who has the address space loaded.
 *   <li>Interrupt those in earnest, and lazy ones only if page tables may be freed; flush locally
 *       while they work; wait for all.
 *   <li>In era C the secondary TLBs come last, with the widened range.
 * </ol>
 *
 * <p>Source: Linux 6.12, arch/x86/mm/tlb.c.
 */
final class X86Flush implements Program {
  private enum At {
    START, TARGETS, INTERRUPT, LOCAL, ACKS, ENDED, SECONDARY, OVER
  }

  private final FlushRules.Job job;
  private final int cpu;
  private final KernelMap map;
  private final PageRange flushed;
  private final Era era;
  private final Function<FlushRules.Job, Program> secondary;
  private At at = At.START;
  private KernelCall.FlushTargets found;
  private List<Integer> targets = List.of();

  X86Flush(FlushRules.Job job, int cpu, KernelMap map, long ceilingPages, Era era,
      Function<FlushRules.Job, Program> secondary) {
    this.job = job;
    this.cpu = cpu;
    this.map = map;
    this.flushed = job.range().pages() > ceilingPages ? PageRange.ALL : job.range();
    this.era = era;
    this.secondary = secondary;
  }

  @Override
  public Step next(Outcome last, long nowPs) {
    switch (at) {
      case START:
        at = At.TARGETS;
        return new Ask(
            map.addressSpace(job.mm()), new KernelCall.NextGeneration(), Account.SOFTWARE);
      case TARGETS:
        found = (KernelCall.FlushTargets) ((Answered) last).result();
        targets = others();
        at = At.INTERRUPT;
        return new Note(
            new MachineFact.FlushBegan(
                job.operation(), MachineFact.Audience.CPU, job.mm(), job.range(), flushed,
                targets.size()));
      case INTERRUPT:
        at = At.LOCAL;
        return new Interrupt(targets, job.mm(), found.generation(), flushed);
      case LOCAL:
        at = At.ACKS;
        return new FlushLocal(job.mm(), found.generation(), flushed);
      case ACKS:
        at = At.ENDED;
        return new AwaitAcks();
      case ENDED:
        at = era == Era.C ? At.SECONDARY : At.OVER;
        return new Note(
            new MachineFact.FlushEnded(job.operation(), MachineFact.Audience.CPU));
      case SECONDARY:
        at = At.OVER;
        return new Run(
            secondary.apply(
                new FlushRules.Job(job.operation(), job.mm(), flushed, job.freedTables())));
      default:
        return new Finish();
    }
  }

  private List<Integer> others() {
    List<Integer> others = new ArrayList<>();
    for (int other : found.active()) {
      if (other != cpu) {
        others.add(other);
      }
    }
    if (job.freedTables()) {
      for (int other : found.lazy()) {
        if (other != cpu) {
          others.add(other);
        }
      }
    }
    return others;
  }
}
