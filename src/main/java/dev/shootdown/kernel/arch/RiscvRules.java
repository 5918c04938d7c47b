package dev.shootdown.kernel.arch;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import java.util.List;

/**
 * RISC-V's flush rules: sfence.vma here, the firmware's remote fence elsewhere.
 *
 * <p>More entries than the threshold, and freed tables, fence the whole address space. The fence
 * reaches harts that have the address space loaded, lazily or not, even if they have interrupts
 * off: the firmware takes them away. In era C the secondary flush follows, with the range as it was
 * asked for. (Linux 6.12, arch/riscv/mm/tlbflush.c.)
 */
final class RiscvRules implements FlushRules {
  private final Place place;
  private final ArchSpec spec;

  RiscvRules(Place place, ArchSpec spec) {
    this.place = place;
    this.spec = spec;
  }

  /** One fence. */
  private final class Fence implements Program {
    private enum At {
      START, TARGETS, CALL, INTERRUPT, LOCAL, ACKS, ENDED, SECONDARY, OVER
    }

    private final Job job;
    private final PageRange flushed;
    private final boolean secondary;
    private At at = At.START;
    private FlushHandler.Flush what;
    private List<Integer> targets = List.of();

    private Fence(Job job, PageRange flushed, boolean secondary) {
      this.job = job;
      this.flushed = flushed;
      this.secondary = secondary;
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
          what =
              new FlushHandler.Flush(
                  job.mm(), found.generation(), flushed, job.strideOrder(), job.freedTables(),
                  false);
          targets = X86Flush.others(found, true, place.cpu());
          at = targets.isEmpty() ? At.LOCAL : At.CALL;
          return Place.began(job, flushed, targets.size());
        case CALL:
          at = At.INTERRUPT;
          return new Spend(Account.IPI_SEND, spec.fencePs());
        case INTERRUPT:
          at = At.LOCAL;
          return new Interrupt(targets, what);
        case LOCAL:
          at = At.ACKS;
          return new FlushLocal(what);
        case ACKS:
          at = At.ENDED;
          return new AwaitAcks();
        case ENDED:
          at = secondary ? At.SECONDARY : At.OVER;
          return Place.ended(job);
        case SECONDARY:
          at = At.OVER;
          return place.secondary(job, job.freedTables() ? PageRange.ALL : job.range());
        default:
          return new Finish();
      }
    }
  }

  @Override
  public Program cpuFlush(Job job) {
    PageRange flushed = job.freedTables() ? PageRange.ALL : X86Rules.widened(job, spec);
    return new Fence(job, flushed, place.isSecondaryInside());
  }

  @Override
  public Program secondaryFlush(Job job) {
    return place.secondary().apply(job);
  }

  /** Secondary TLBs at once, with just this entry; the harts later. */
  @Override
  public Program batchAdd(Job job) {
    return place.isSecondaryInside()
        ? place.secondary().apply(job)
        : Sequence.nothing();
  }

  @Override
  public Program batchFlush(Job job) {
    return new Fence(job, PageRange.ALL, false);
  }

  /** The hart that faulted forgets the old entry ({@code update_mmu_cache}); others fault. */
  @Override
  public Program upgraded(Job job) {
    return new Sequence(
        List.of(
            new Program.FlushLocal(
                new FlushHandler.Flush(
                    job.mm(), 0, job.range(), job.strideOrder(), false, false))));
  }

  @Override
  public Program syncWalkers() {
    return place.syncWalkers();
  }

  /** The firmware's fences reach harts that have interrupts off. */
  @Override
  public boolean freesTablesLate() {
    return true;
  }
}
