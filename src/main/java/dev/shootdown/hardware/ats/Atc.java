package dev.shootdown.hardware.ats;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.Ats;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.translation.TranslationCache;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/** The device's cache, which states what it takes in and what it drops. */
final class Atc {
  private static final long MISS = -1;

  private final TranslationCache cache;
  private final Ctx<?> ctx;

  Atc(AtsDeviceSpec spec, Ctx<?> ctx) {
    this.cache = new TranslationCache(spec.atcEntries(), spec.atcWays());
    this.ctx = ctx;
  }

  /** The frame of {@code touch}'s page, if what is cached allows the touch; else −1. */
  long frame(Touch touch) {
    Optional<TranslationCache.Entry> hit = cache.lookup(touch.pasid(), touch.page())
        .filter(entry -> entry.writable() || !touch.write());
    return hit.isPresent() ? hit.get().pfn() + touch.page() - hit.get().page() : MISS;
  }

  /** Takes in a translation that was granted; a large one with the page that it starts at. */
  void fill(Ats.TranslationCompletion granted) {
    long within = granted.page() & (1L << granted.order()) - 1;
    TranslationCache.Entry entry = new TranslationCache.Entry(
        granted.pasid(), granted.page() - within, granted.pfn() - within, granted.writable(),
        granted.readAtPs(), granted.writable(), granted.order());
    Optional<TranslationCache.Entry> evicted = cache.insert(entry);
    evicted.ifPresent(victim -> ctx.mark(new MachineFact.Dropped(victim.mm(),
        new PageRange(victim.page(), 1L << victim.order()), MachineFact.Cause.EVICTED)));
    ctx.mark(new MachineFact.Filled(entry.mm(), entry.page(), entry.pfn(), entry.writable(),
        entry.readAtPs(), entry.order()));
  }

  /** Drops what {@code request} names. */
  void drop(Ats.InvalidateRequest request) {
    if (!request.global() && request.pasid() != Ats.NO_PASID) {
      drop(request.pasid(), request.range());
      return;
    }
    NavigableSet<Integer> pasids = new TreeSet<>();
    cache.entries().forEach(entry -> pasids.add(entry.mm()));
    pasids.forEach(pasid -> drop(pasid, request.range()));
  }

  /** Drops all of {@code pasid}, for which a flush was left until now. */
  void forget(int pasid) {
    drop(pasid, PageRange.ALL);
    ctx.mark(new MachineFact.StaleWindowClosed(pasid, PageRange.ALL));
  }

  private void drop(int pasid, PageRange range) {
    cache.invalidate(pasid, range);
    ctx.mark(new MachineFact.Dropped(pasid, range, MachineFact.Cause.INVALIDATED));
  }
}
