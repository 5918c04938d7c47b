package dev.shootdown.kernel.kvm;

import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.Vcpu;

/**
 * Finds out where the APIC page is, for the register of one vCPU.
 *
 * <p>With {@link KvmSpec.ApicPolicy#RETRY} it follows the protocol of a fault: the sequence first,
 * the host's table, the test under the lock; and says that it doesn't know if the test fails (Linux
 * 6.12, vmx_set_apic_access_page_addr). The older policies believe what they read.
 *
 * <p>A page that isn't there is brought in by the process, as for a fault. If the process has none
 * any more, the register is not written.
 */
final class ApicReload implements Job, HostWalks.Reader {
  /** Where the answer goes. */
  interface Answer {
    /** The address, or that it can't be said now. */
    void found(Vcpu.ApicAddress address);

    /** There is no such page, and won't be. */
    void gone();
  }

  private enum At {
    /** Waiting for the host to have a page. */
    ASLEEP,
    /** Waiting for the lock. */
    LOCKING,
    /** Holding it. */
    LOCKED
  }

  private final VmState vm;
  private final Answer answer;
  private At at = At.ASLEEP;
  private long seen;
  private boolean retry;
  private PageWalk.Entry host;

  ApicReload(VmState vm, Answer answer) {
    this.vm = vm;
    this.answer = answer;
  }

  void begin() {
    seen = vm.brackets.sequence();
    look();
  }

  private void look() {
    vm.walks.read(page(), false, this);
  }

  @Override
  public void found(PageWalk.Entry entry) {
    if (vm.host.isReleased()) {
      answer.gone();
      return;
    }
    if (!VmState.serves(entry, false)) {
      bringIn();
      return;
    }
    host = entry;
    if (vm.spec.apic() == KvmSpec.ApicPolicy.RETRY) {
      at = At.LOCKING;
      vm.lock.take(this, false);
    } else {
      done();
    }
  }

  private void bringIn() {
    if (vm.host.isGone(page())) {
      answer.gone();
    } else if (vm.host.hasThread()) {
      vm.host.want(page(), true, this::broughtIn);
    } else {
      vm.threads.after(vm.spec.costs().waitPs(), this);
    }
  }

  private void broughtIn(boolean served) {
    if (served) {
      look();
    } else {
      answer.gone();
    }
  }

  @Override
  public void goOn() {
    switch (at) {
      case ASLEEP -> look();
      case LOCKING -> {
        retry = vm.brackets.mustRetry(vm.layout.apicGfn(), seen);
        at = At.LOCKED;
        vm.threads.after(vm.spec.costs().checkPs(), this);
      }
      case LOCKED -> {
        vm.lock.give(false);
        done();
      }
    }
  }

  private void done() {
    answer.found(
        new Vcpu.ApicAddress(retry ? -1 : VmState.pfn(host, page()), host.readAtPs()));
  }

  private long page() {
    return vm.layout.hostPage(vm.layout.apicGfn());
  }
}
