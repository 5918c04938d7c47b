package dev.shootdown.kernel.kvm;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.List;

/** The gfn_to_pfn caches of a VM, by number. */
final class PfnCaches {
  private final List<PfnCache> caches = new ArrayList<>();

  PfnCaches(VmState vm) {
    for (int i = 0; i < vm.layout.cacheGfns().size(); i++) {
      caches.add(new PfnCache(vm, i));
    }
  }

  /** Whether there is one of that number. */
  boolean has(int number) {
    return number >= 0 && number < caches.size();
  }

  /** A thread of KVM writes through cache {@code number}; {@code done} goes on after it. */
  void write(int number, Job done) {
    caches.get(number).write(done);
  }

  /** An invalidation of {@code host} begins. */
  void invalidate(PageRange host) {
    caches.forEach(cache -> cache.invalidate(host));
  }

  /** An invalidation has ended. */
  void ended() {
    caches.forEach(PfnCache::bracketEnded);
  }
}
