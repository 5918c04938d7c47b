package dev.shootdown.kernel.kvm;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.MachineFact;
import java.io.Serializable;
import java.util.List;

/**
 * The end callback of a notifier bracket (kvm_mmu_notifier_invalidate_range_end): the sequence goes
 * up before the count goes down, under the lock.
 *
 * <p>Where the APIC page hangs on the secondary invalidation, that comes first: until Linux 6.5 a
 * bracket's end called it, after the host's entries had changed.
 */
final class RangeEnd implements Job {
  /** Where the answer goes. */
  interface Answer extends Serializable {
    /** The callback returns; it had the lock from {@code grantedPs} on. */
    void ended(long grantedPs);
  }

  private enum At {
    /** Waiting for vCPUs to take the request. */
    RELOADING,
    /** Waiting for the lock. */
    LOCKING,
    /** Holding it. */
    LOCKED
  }

  private final VmState vm;
  private final KernelCall.SubscriberEnd end;
  private final long operation;
  private final Answer answer;
  private final List<PageRange> gfns;
  private At at = At.RELOADING;
  private long grantedPs = -1;

  RangeEnd(VmState vm, KernelCall.SubscriberEnd end, long operation, Answer answer) {
    this.vm = vm;
    this.end = end;
    this.operation = operation;
    this.answer = answer;
    this.gfns = vm.layout.guestOf(end.range());
  }

  void begin() {
    boolean apic = gfns.stream().anyMatch(guest -> guest.contains(vm.layout.apicGfn()));
    if (apic && vm.spec.apic() == KvmSpec.ApicPolicy.RELOAD_AT_SEC_INV) {
      grantedPs = vm.ctx.nowPs();
      vm.vcpus.request(false, true, operation, this);
    } else {
      goOn();
    }
  }

  @Override
  public void goOn() {
    switch (at) {
      case RELOADING -> {
        at = At.LOCKING;
        if (gfns.isEmpty()) {
          over();
        } else {
          vm.lock.take(this, true);
        }
      }
      case LOCKING -> {
        at = At.LOCKED;
        grantedPs = grantedPs < 0 ? vm.ctx.nowPs() : grantedPs;
        vm.threads.after(vm.spec.costs().checkPs(), this);
      }
      case LOCKED -> {
        vm.brackets.end();
        vm.counted();
        over();
        vm.lock.give(true);
      }
    }
  }

  private void over() {
    vm.brackets.over(end.range());
    vm.ctx.mark(new MachineFact.SubscriberEnded(end.mm(), end.range()));
    vm.caches.ended();
    answer.ended(grantedPs < 0 ? vm.ctx.nowPs() : grantedPs);
  }
}
