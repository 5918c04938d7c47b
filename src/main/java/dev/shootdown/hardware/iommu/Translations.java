package dev.shootdown.hardware.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.Ats;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.translation.TranslationCache;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * All that an IOMMU caches: translations, that there is none, and pointers to page-table pages. It
 * states what it takes in and what it drops.
 */
final class Translations {
  /** A page-table page of the last level has 2^9 entries. */
  private static final int TABLE_ORDER = 9;

  private static final long NO_TABLE = -1;

  private final TranslationCache iotlb;
  private final Optional<TranslationCache> absent;
  private final Optional<TranslationCache> tables;
  private final Ctx<?> ctx;

  Translations(IommuSpec spec, Ctx<?> ctx) {
    this.iotlb = new TranslationCache(spec.iotlbEntries(), spec.iotlbWays());
    this.absent = spec.cachesNotPresent()
        ? Optional.of(new TranslationCache(spec.iotlbEntries(), spec.iotlbWays()))
        : Optional.empty();
    int pointers = spec.walkCache().entries();
    this.tables =
        pointers > 0 ? Optional.of(new TranslationCache(pointers, pointers)) : Optional.empty();
    this.ctx = ctx;
  }

  Optional<TranslationCache.Entry> lookup(int pasid, long page) {
    return iotlb.lookup(pasid, page);
  }

  /** Whether the page is known not to be mapped. */
  boolean isAbsent(int pasid, long page) {
    return absent.isPresent() && absent.get().lookup(pasid, page).isPresent();
  }

  /** The page-table page that a walk for {@code page} can start from; −1 if none is known. */
  long table(int pasid, long page) {
    long table = tables.flatMap(cache -> cache.lookup(pasid, page >>> TABLE_ORDER))
        .map(TranslationCache.Entry::pfn).orElse(NO_TABLE);
    if (table != NO_TABLE) {
      ctx.mark(new MachineFact.WalkUsed(pasid, page, table));
    }
    return table;
  }

  void fill(TranslationCache.Entry entry) {
    Optional<TranslationCache.Entry> evicted = iotlb.insert(entry);
    evicted.ifPresent(victim -> ctx.mark(new MachineFact.Dropped(victim.mm(),
        new PageRange(victim.page(), 1L << victim.order()), MachineFact.Cause.EVICTED)));
    ctx.mark(new MachineFact.Filled(entry.mm(), entry.page(), entry.pfn(), entry.writable(),
        entry.readAtPs(), entry.order()));
  }

  void fillAbsent(int pasid, long page, long readAtPs) {
    absent.ifPresent(
        cache -> cache.insert(new TranslationCache.Entry(pasid, page, -1, false, readAtPs)));
  }

  /** A walk went through page-table page {@code table}. */
  void fillTable(int pasid, long page, long table, long readAtPs) {
    if (table == NO_TABLE || tables.isEmpty()) {
      return;
    }
    long region = page >>> TABLE_ORDER;
    tables.get().insert(new TranslationCache.Entry(pasid, region, table, false, readAtPs))
        .ifPresent(victim -> ctx.mark(
            new MachineFact.WalkDropped(victim.mm(), region(victim.page()))));
    ctx.mark(new MachineFact.WalkCached(pasid, region(region), table));
  }

  /** Drops the translations that {@code concerned} is true of, wherever they are. */
  void dropEach(Predicate<TranslationCache.Entry> concerned) {
    iotlb.entries().stream().filter(concerned).forEach(entry -> {
      iotlb.invalidate(entry.mm(), entry.range());
      ctx.mark(new MachineFact.Dropped(
          entry.mm(), entry.range(), MachineFact.Cause.INVALIDATED));
    });
  }

  /** Whether a translation of the page is cached. */
  boolean holds(int pasid, long page) {
    return iotlb.holds(pasid, page);
  }

  /** Drops {@code range} of one PASID or, for {@link Ats#NO_PASID}, of all. */
  void drop(int pasid, PageRange range, boolean leafOnly) {
    if (pasid == Ats.NO_PASID) {
      NavigableSet<Integer> pasids = new TreeSet<>();
      iotlb.entries().forEach(entry -> pasids.add(entry.mm()));
      absent.ifPresent(cache -> cache.entries().forEach(entry -> pasids.add(entry.mm())));
      tables.ifPresent(cache -> cache.entries().forEach(entry -> pasids.add(entry.mm())));
      pasids.forEach(each -> dropOf(each, range, leafOnly));
    } else {
      dropOf(pasid, range, leafOnly);
    }
  }

  private void dropOf(int pasid, PageRange range, boolean leafOnly) {
    iotlb.invalidate(pasid, range);
    absent.ifPresent(cache -> cache.invalidate(pasid, range));
    ctx.mark(new MachineFact.Dropped(pasid, range, MachineFact.Cause.INVALIDATED));
    if (tables.isPresent() && !leafOnly && range.pages() > 0) {
      long first = range.firstPage() >>> TABLE_ORDER;
      long last = range.endPage() - 1 >>> TABLE_ORDER;
      PageRange regions = new PageRange(first, last - first + 1);
      tables.get().invalidate(pasid, regions);
      ctx.mark(new MachineFact.WalkDropped(
          pasid, new PageRange(first << TABLE_ORDER, regions.pages() << TABLE_ORDER)));
    }
  }

  private static PageRange region(long region) {
    return new PageRange(region << TABLE_ORDER, 1L << TABLE_ORDER);
  }
}
