package dev.shootdown.hardware.cpu;

import dev.shootdown.address.PageRange;
import dev.shootdown.translation.TranslationCache;
import java.util.Optional;

/** Two levels of TLB, the first holding a part of what the second holds. */
final class CpuTlb {
  private final TranslationCache l1;
  private final TranslationCache l2;

  CpuTlb(CpuSpec spec) {
    l1 = new TranslationCache(spec.l1Entries(), spec.l1Ways());
    l2 = new TranslationCache(spec.l2Entries(), spec.l2Ways());
  }

  /** The entry and whether it took the second level to find it. */
  record Hit(TranslationCache.Entry entry, boolean fromL2) {}

  Optional<Hit> lookup(int mm, long page) {
    Optional<TranslationCache.Entry> near = l1.lookup(mm, page);
    if (near.isPresent()) {
      return Optional.of(new Hit(near.get(), false));
    }
    Optional<TranslationCache.Entry> far = l2.lookup(mm, page);
    far.ifPresent(l1::insert);
    return far.map(entry -> new Hit(entry, true));
  }

  /**
   * Adds an entry to both levels; returns what left the second. Nothing that overlaps it stays in
   * either, so that "gone from here" is true of all the pages of what left.
   */
  Optional<TranslationCache.Entry> insert(TranslationCache.Entry entry) {
    Optional<TranslationCache.Entry> evicted = l2.insert(entry);
    if (evicted.isPresent()) {
      invalidate(evicted.get().mm(), evicted.get().range());
      l2.insert(entry);
    }
    l1.insert(entry);
    return evicted;
  }

  /** Drops what overlaps {@code range}; returns how many entries that were. */
  int invalidate(int mm, PageRange range) {
    l1.invalidate(mm, range);
    return l2.invalidate(mm, range);
  }
}
