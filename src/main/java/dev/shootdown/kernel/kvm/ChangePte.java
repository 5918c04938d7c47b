package dev.shootdown.kernel.kvm;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.KernelCall;
import java.io.Serializable;
import java.util.List;

/**
 * The callback for an entry that is about to be stored (kvm_mmu_notifier_change_pte, up to Linux
 * 6.9).
 *
 * <ol>
 *   <li>Under the lock the sequence goes up, so that a fault that has read the old entry tries
 *       again.
 *   <li>Where the guest page is mapped: an entry that may be written is only taken away; one that
 *       may not takes the place of the old one. Then vCPUs and importers forget.
 *   <li>Inside a bracket nothing is mapped, as its start has taken that away (6bdb913f0a70).
 * </ol>
 *
 * <p>So in Linux 4.14; 6.1 leaves at once where no bracket is under way, and leaves the sequence to
 * that.
 */
final class ChangePte implements Job {
  /** Where the answer goes. */
  interface Answer extends Serializable {
    /** The callback returns; it had the lock from {@code grantedPs} on. */
    void changed(long grantedPs);
  }

  private enum At {
    /** Waiting for the lock. */
    LOCKING,
    /** Changing entries. */
    CHANGING,
    /** Waiting for vCPUs. */
    FLUSHING,
    /** Waiting for importers. */
    TELLING
  }

  private final VmState vm;
  private final KernelCall.ChangePte change;
  private final long operation;
  private final Answer answer;
  private final List<PageRange> gfns;
  private At at = At.LOCKING;
  private long grantedPs;

  ChangePte(VmState vm, KernelCall.ChangePte change, long operation, Answer answer) {
    this.vm = vm;
    this.change = change;
    this.operation = operation;
    this.answer = answer;
    this.gfns = vm.layout.guestOf(PageRange.of(change.page()));
  }

  void begin() {
    if (gfns.isEmpty()) {
      answer.changed(vm.ctx.nowPs());
    } else {
      vm.lock.take(this, true);
    }
  }

  @Override
  public void goOn() {
    switch (at) {
      case LOCKING -> {
        grantedPs = vm.ctx.nowPs();
        vm.brackets.passed();
        at = At.CHANGING;
        vm.threads.after(mapped() * vm.spec.costs().zapPs(), this);
      }
      case CHANGING -> change();
      case FLUSHING -> {
        at = At.TELLING;
        vm.importer.invalidate(gfns, operation, this);
      }
      case TELLING -> over();
    }
  }

  private int mapped() {
    return gfns.stream().mapToInt(guest -> vm.table.count(guest, 1)).sum();
  }

  private void change() {
    if (mapped() == 0) {
      over();
      return;
    }
    for (PageRange guest : gfns) {
      if (change.writable()) {
        vm.table.zap(guest, 1);
      } else {
        vm.table.repoint(guest.firstPage(), change.pfn());
      }
    }
    at = At.FLUSHING;
    vm.vcpus.flush(gfns, operation, this);
  }

  private void over() {
    vm.lock.give(true);
    answer.changed(grantedPs);
  }
}
