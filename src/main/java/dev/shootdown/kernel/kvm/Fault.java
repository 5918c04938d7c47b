package dev.shootdown.kernel.kvm;

import dev.shootdown.protocol.PageWalk;
import java.io.Serializable;

/**
 * Maps a guest page, for a vCPU or a device (direct_page_fault, kvm_faultin_pfn).
 *
 * <ol>
 *   <li>The sequence is read, and only then the host's table. The early test spares both.
 *   <li>If the host has no page, or none that may be written, its process is asked to bring it in.
 *       Where no thread serves that, it is waited for. What can't be brought in ends the fault: KVM
 *       leaves to user mode with -EFAULT.
 *   <li>Under the lock it is tested that no invalidation is under way that may cover the page, and
 *       that none has ended since the sequence was read. Only then is the page mapped.
 *   <li>Otherwise the answer is to try again.
 * </ol>
 */
final class Fault implements Job, HostWalks.Reader {
  /** How a fault ended. */
  enum Outcome {
    /** The page is mapped. */
    MAPPED,
    /** Nothing was mapped: the access is tried again. */
    RETRY,
    /** The process has no such page (-EFAULT). */
    REFUSED
  }

  /** Where the answer goes. */
  interface Answer extends Serializable {
    /** The fault was seen to. */
    void seenTo(Outcome outcome);
  }

  private enum At {
    /** In its own code before the page is looked up. */
    ENTERED,
    /** Waiting for the host to have a page. */
    ASLEEP,
    /** Waiting for the lock. */
    LOCKING,
    /** Holding it. */
    LOCKED
  }

  private final VmState vm;
  private final long gfn;
  private final boolean write;
  private final Answer answer;
  private At at = At.ENTERED;
  private long seen;
  private boolean retry;
  private PageWalk.Entry host;

  Fault(VmState vm, long gfn, boolean write, Answer answer) {
    this.vm = vm;
    this.gfn = gfn;
    this.write = write;
    this.answer = answer;
  }

  void begin() {
    vm.threads.after(vm.spec.costs().faultPs(), this);
  }

  @Override
  public void goOn() {
    switch (at) {
      case ENTERED -> entered();
      case ASLEEP -> look();
      case LOCKING -> locked();
      case LOCKED -> {
        vm.lock.give(isExclusive());
        answer.seenTo(retry ? Outcome.RETRY : Outcome.MAPPED);
      }
    }
  }

  private void entered() {
    seen = vm.brackets.sequence();
    if (vm.spec.checks().early() && vm.brackets.mustRetry(gfn, seen)) {
      answer.seenTo(Outcome.RETRY);
    } else {
      look();
    }
  }

  private void look() {
    vm.walks.read(vm.layout.hostPage(gfn), write, this);
  }

  @Override
  public void found(PageWalk.Entry entry) {
    if (vm.host.isReleased()) {
      answer.seenTo(Outcome.REFUSED);
      return;
    }
    if (!VmState.serves(entry, write)) {
      bringIn(vm.layout.hostPage(gfn));
      return;
    }
    host = entry;
    if (!vm.spec.checks().sequenceFirst()) {
      seen = vm.brackets.sequence();
    }
    boolean early = vm.brackets.mustRetry(gfn, seen);
    if (vm.spec.checks().early() && early) {
      answer.seenTo(Outcome.RETRY);
      return;
    }
    retry = early;
    at = At.LOCKING;
    vm.lock.take(this, isExclusive());
  }

  private void bringIn(long hostPage) {
    if (vm.host.isGone(hostPage)) {
      answer.seenTo(Outcome.REFUSED);
    } else if (vm.host.hasThread()) {
      vm.host.want(hostPage, write, this::broughtIn);
    } else {
      at = At.ASLEEP;
      vm.threads.after(vm.spec.costs().waitPs(), this);
    }
  }

  private void broughtIn(boolean served) {
    if (served) {
      look();
    } else {
      answer.seenTo(Outcome.REFUSED);
    }
  }

  private void locked() {
    if (vm.spec.checks().underLock()) {
      retry = vm.brackets.mustRetry(gfn, seen);
    }
    if (!retry) {
      vm.table.install(gfn, host);
    }
    at = At.LOCKED;
    KvmCosts costs = vm.spec.costs();
    vm.threads.after(retry ? costs.checkPs() : costs.mapPs(), this);
  }

  private boolean isExclusive() {
    return vm.spec.lock() == KvmSpec.LockKind.EXCLUSIVE;
  }
}
