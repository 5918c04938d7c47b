package dev.shootdown.hardware.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.translation.TranslationCache;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The second stage of an IOMMU's walks: which guest page each walker is at, the translations kept
 * for later walks, and through which guest page each combined entry leads.
 */
final class SecondStage {
  /** Whether a combined entry is still cached. */
  interface Cached {
    /** Whether there is one for {@code page}. */
    boolean holds(int pasid, long page);
  }

  private record Place(int pasid, long page) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byPasid = Integer.compare(pasid, other.pasid);
      return byPasid != 0 ? byPasid : Long.compare(page, other.page);
    }
  }

  private final Nesting nesting;
  private final Ctx<?> ctx;
  private final Optional<TranslationCache> kept;
  private final Map<Place, Long> through = new TreeMap<>();
  private final PageWalk.Entry[] stageOne;
  private final long[] gfns;
  private final boolean[] reading;

  SecondStage(Nesting nesting, int walkers, Ctx<?> ctx) {
    this.nesting = nesting;
    this.ctx = ctx;
    int entries = nesting.spec().stageTwoEntries();
    this.kept = entries > 0 ? Optional.of(new TranslationCache(entries, entries))
        : Optional.empty();
    this.stageOne = new PageWalk.Entry[walkers];
    this.gfns = new long[walkers];
    this.reading = new boolean[walkers];
  }

  NestedSpec spec() {
    return nesting.spec();
  }

  Nesting nesting() {
    return nesting;
  }

  /** Whether the walker has the first stage's leaf and is at the second stage. */
  boolean isAt(int walker) {
    return stageOne[walker] != null;
  }

  /** From now on the walker waits for the second stage's leaf. */
  void read(int walker) {
    reading[walker] = true;
  }

  /** Whether the walker is on its way to the second stage's leaf, and not there yet. */
  boolean isOnItsWay(int walker) {
    return isAt(walker) && !reading[walker];
  }

  /** The walker goes on from the first stage's leaf for {@code page}. */
  void begin(int walker, PageWalk.Entry leaf, long page) {
    stageOne[walker] = leaf;
    reading[walker] = false;
    gfns[walker] = leaf.pfn() + page - leaf.page() - nesting.firstFrame();
  }

  /** The walker leaves the second stage; the first stage's leaf, null if it wasn't there. */
  PageWalk.Entry leave(int walker) {
    PageWalk.Entry leaf = stageOne[walker];
    stageOne[walker] = null;
    return leaf;
  }

  /** The guest page whose frame the walker looks for. */
  long gfn(int walker) {
    return gfns[walker];
  }

  /** What is kept of that page, as the table would answer; empty if that isn't enough. */
  Optional<PageWalk.Entry> known(int walker, boolean write) {
    return kept.flatMap(cache -> cache.lookup(nesting.space(), gfns[walker]))
        .filter(entry -> entry.writable() || !write)
        .map(entry -> new PageWalk.Entry(walker, nesting.space(), entry.page(), entry.pfn(),
            entry.writable(), entry.readAtPs()));
  }

  /** Keeps what the table answered, and states it by the host's page. */
  void keep(PageWalk.Entry entry) {
    long hostPage = nesting.hostPage(entry.page());
    if (kept.isEmpty() || hostPage < 0) {
      return;
    }
    kept.get().insert(new TranslationCache.Entry(nesting.space(), entry.page(), entry.pfn(),
            entry.writable(), entry.readAtPs()))
        .ifPresent(victim -> dropped(
            PageRange.of(victim.page()), MachineFact.Cause.EVICTED));
    ctx.mark(new MachineFact.Filled(nesting.hostMm(), hostPage, entry.pfn(), entry.writable(),
        entry.readAtPs()));
  }

  /**
   * Notes what a combined entry leads through, and states what it is made of.
   *
   * @param reads how many entries the walk read
   */
  void combined(Wanted wanted, PageWalk.Entry first, PageWalk.Entry second, int reads) {
    long gfn = second.page();
    through.put(new Place(wanted.pasid(), wanted.page()), gfn);
    ctx.mark(new MachineFact.StagesJoined(wanted.pasid(), wanted.page(),
        nesting.firstFrame() + gfn, first.readAtPs(), nesting.hostMm(), nesting.hostPage(gfn),
        second.pfn(), second.readAtPs(), reads));
  }

  /** Forgets through what entries lead that are not cached any more, if there are too many. */
  void prune(int most, Cached cached) {
    if (through.size() > most) {
      through.keySet().removeIf(place -> !cached.holds(place.pasid(), place.page()));
    }
  }

  /** Whether the combined entry for {@code page} leads through one of {@code gfns}. */
  boolean leadsThrough(int pasid, long page, PageRange gfns) {
    Long gfn = through.get(new Place(pasid, page));
    return gfn != null && gfns.contains(gfn);
  }

  /** Drops what is kept of {@code gfns}. */
  void drop(PageRange gfns) {
    kept.ifPresent(cache -> {
      cache.invalidate(nesting.space(), gfns);
      dropped(gfns, MachineFact.Cause.INVALIDATED);
    });
  }

  private void dropped(PageRange gfns, MachineFact.Cause cause) {
    nesting.hostOf(gfns).forEach(
        host -> ctx.mark(new MachineFact.Dropped(nesting.hostMm(), host, cause)));
  }
}
