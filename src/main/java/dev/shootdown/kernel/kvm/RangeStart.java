package dev.shootdown.kernel.kvm;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.MachineFact;
import java.io.Serializable;
import java.util.List;

/**
 * The start callback of a notifier bracket (kvm_mmu_notifier_invalidate_range_start).
 *
 * <ol>
 *   <li>The bracket is counted, and gfn_to_pfn caches in its range are no longer valid.
 *   <li>If guest memory is concerned: the lock, exclusively; from now on fills in the hull fail.
 *   <li>Entries are taken away batch by batch. Where it may sleep and somebody wants the lock, it
 *       flushes what it has so far, gives the lock up, and queues for it again.
 *   <li>If anything was taken away, vCPUs and importers forget, before the lock is dropped. Where
 *       each entry has an invalidation of its own, vCPUs have forgotten it before the next goes.
 * </ol>
 */
final class RangeStart implements Job {
  /** Where the answer goes. */
  interface Answer extends Serializable {
    /** The callback returns; it had the lock from {@code grantedPs} on. */
    void started(long grantedPs);
  }

  private enum At {
    /** Waiting for the lock. */
    LOCKING,
    /** Taking entries away. */
    ZAPPING,
    /** Waiting for vCPUs. */
    FLUSHING,
    /** Waiting for importers. */
    TELLING
  }

  private final VmState vm;
  private final KernelCall.SubscriberStart start;
  private final long operation;
  private final Answer answer;
  private final List<PageRange> gfns;
  private At at = At.LOCKING;
  private long grantedPs = -1;
  private int batch;
  private int range;
  private boolean anyGone;
  private boolean yielding;

  RangeStart(VmState vm, KernelCall.SubscriberStart start, long operation, Answer answer) {
    this.vm = vm;
    this.start = start;
    this.operation = operation;
    this.answer = answer;
    this.gfns = vm.layout.guestOf(start.range());
  }

  void begin() {
    vm.host.begins(start);
    vm.brackets.called(start.range());
    vm.caches.invalidate(start.range());
    if (gfns.isEmpty()) {
      over();
    } else {
      vm.lock.take(this, true);
    }
  }

  @Override
  public void goOn() {
    switch (at) {
      case LOCKING -> locked();
      case ZAPPING -> zapped();
      case TELLING -> told();
      case FLUSHING -> {
        at = At.TELLING;
        vm.importer.invalidate(anyGone ? gfns : List.of(), operation, this);
      }
    }
  }

  private void locked() {
    long costPs = 0;
    if (grantedPs < 0) {
      grantedPs = vm.ctx.nowPs();
      vm.brackets.begin(hull());
      vm.counted();
      costPs = vm.spec.costs().zapRangePs();
    }
    zap(costPs);
  }

  private PageRange hull() {
    PageRange hull = gfns.get(0);
    for (PageRange next : gfns) {
      hull = hull.hull(next);
    }
    return hull;
  }

  private void zap(long costPs) {
    at = At.ZAPPING;
    KvmCosts costs = vm.spec.costs();
    batch = vm.table.count(gfns.get(range), batchMax());
    vm.threads.after(costPs + batch * costs.zapPs(), this);
  }

  private int batchMax() {
    return isPerEntry() ? 1 : vm.spec.costs().zapBatch();
  }

  private boolean isPerEntry() {
    return vm.spec.unmap() == KvmSpec.Unmap.PER_ENTRY;
  }

  private void zapped() {
    anyGone |= batch > 0;
    if (isPerEntry() && batch > 0) {
      PageRange entry = PageRange.of(vm.table.first(gfns.get(range)));
      vm.table.zap(gfns.get(range), batch);
      vm.vcpus.flush(List.of(entry), operation, this::nextBatch);
    } else {
      vm.table.zap(gfns.get(range), batch);
      nextBatch();
    }
  }

  private void nextBatch() {
    boolean rangeDone = batch < batchMax();
    range += rangeDone ? 1 : 0;
    yielding = range < gfns.size();
    if (!yielding) {
      finish();
    } else if (vm.spec.yields() && start.blockable() && vm.lock.isContended()) {
      flush();
    } else {
      zap(0);
    }
  }

  private void finish() {
    boolean reload = reloadsApic();
    if (reload) {
      at = At.FLUSHING;
      boolean flush = owesFlush() && vm.spec.flush() == KvmSpec.Flush.INVEPT;
      if (owesFlush() && !flush) {
        vm.vcpus.flush(
            gfns, operation,
            (Job & Serializable) () -> vm.vcpus.request(false, true, operation, this));
      } else {
        vm.vcpus.request(flush, true, operation, this);
      }
    } else {
      flush();
    }
  }

  private void flush() {
    at = At.FLUSHING;
    if (owesFlush()) {
      vm.vcpus.flush(gfns, operation, this);
    } else {
      goOn();
    }
  }

  /** Whether vCPUs may still hold what was taken away. */
  private boolean owesFlush() {
    return anyGone && !isPerEntry();
  }

  /** All have forgotten what was taken away so far. */
  private void told() {
    vm.lock.give(true);
    if (yielding) {
      anyGone = false;
      at = At.LOCKING;
      vm.threads.after(
          vm.spec.costs().reschedulePs(), (Job & Serializable) () -> vm.lock.take(this, true));
    } else {
      over();
    }
  }

  private boolean reloadsApic() {
    KvmSpec.ApicPolicy policy = vm.spec.apic();
    boolean atStart =
        policy == KvmSpec.ApicPolicy.RELOAD_AT_START || policy == KvmSpec.ApicPolicy.RETRY;
    return atStart
        && gfns.stream().anyMatch(guest -> guest.contains(vm.layout.apicGfn()));
  }

  private void over() {
    vm.ctx.mark(new MachineFact.SubscriberStarted(start.mm(), start.range()));
    answer.started(grantedPs < 0 ? vm.ctx.nowPs() : grantedPs);
  }
}
