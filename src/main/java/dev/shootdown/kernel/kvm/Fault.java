package dev.shootdown.kernel.kvm;

import dev.shootdown.protocol.PageWalk;

/**
 * Maps a guest page, for a vCPU or a device (direct_page_fault, kvm_faultin_pfn).
 *
 * <ol>
 *   <li>The sequence is read, and only then the host's table. The early test spares both.
 *   <li>If the host has no page, or none that may be written, the thread sleeps until it has.
 *   <li>Under the lock it is tested that no invalidation is under way that may cover the page, and
 *       that none has ended since the sequence was read. Only then is the page mapped.
 *   <li>Otherwise the answer is to try again.
 * </ol>
 */
final class Fault implements Job, HostWalks.Reader {
  /** Where the answer goes. */
  interface Answer {
    /** The fault was seen to; {@code retry} if nothing was mapped. */
    void seenTo(boolean retry);
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
        answer.seenTo(retry);
      }
    }
  }

  private void entered() {
    seen = vm.brackets.sequence();
    if (vm.spec.checks().early() && vm.brackets.mustRetry(gfn, seen)) {
      answer.seenTo(true);
    } else {
      look();
    }
  }

  private void look() {
    vm.walks.read(vm.layout.hostPage(gfn), write, this);
  }

  @Override
  public void found(PageWalk.Entry entry) {
    if (!VmState.serves(entry, write)) {
      at = At.ASLEEP;
      vm.threads.after(vm.spec.costs().waitPs(), this);
      return;
    }
    host = entry;
    if (!vm.spec.checks().sequenceFirst()) {
      seen = vm.brackets.sequence();
    }
    boolean early = vm.brackets.mustRetry(gfn, seen);
    if (vm.spec.checks().early() && early) {
      answer.seenTo(true);
      return;
    }
    retry = early;
    at = At.LOCKING;
    vm.lock.take(this, isExclusive());
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
