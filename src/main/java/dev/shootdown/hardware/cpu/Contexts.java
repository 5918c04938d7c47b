package dev.shootdown.hardware.cpu;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.translation.TranslationCache;
import dev.shootdown.translation.WalkCache;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/**
 * Which address spaces a CPU knows, how far it is up to date with each, and what it has cached.
 *
 * <p>Each address space takes one of a few slots (x86: dynamic ASIDs). When they are used up they
 * are given away in turn, and what stood under the old identifier goes. An address space with a
 * global identifier is within reach of broadcasts that name it by that; another CPU's kernel
 * decides when to change over.
 */
final class Contexts {
  private static final int NOBODY = -1;

  private final Ctx<?> ctx;
  private final CpuTlb tlb;
  private final WalkCache walks;
  private final boolean cachesWalks;
  private final int[] mms;
  private final long[] generations;
  private final BitSet global = new BitSet();
  private int nextVictim;
  private FlushHandler.Context loaded = new FlushHandler.Context(NOBODY, 0, false);

  Contexts(CpuSpec spec, Ctx<?> ctx) {
    this.ctx = ctx;
    this.tlb = new CpuTlb(spec);
    this.walks = new WalkCache(spec.walkCacheEntries());
    this.cachesWalks = spec.walkCacheEntries() > 0;
    this.mms = new int[spec.spaces()];
    this.generations = new long[spec.spaces()];
    Arrays.fill(mms, NOBODY);
  }

  FlushHandler.Context loaded() {
    return loaded;
  }

  void load(int mm, long generation) {
    int slot = slot(mm);
    if (slot >= 0 && generations[slot] < generation) {
      dropAll(mm, MachineFact.Cause.SWITCHED);
    } else if (slot < 0) {
      slot = takeSlot(mm);
    }
    generations[slot] = generation;
    loaded = new FlushHandler.Context(mm, generation, false);
    ctx.mark(new MachineFact.ContextTaken(mm, false));
  }

  void beLazy() {
    loaded = new FlushHandler.Context(loaded.mm(), loaded.generation(), true);
    ctx.mark(new MachineFact.ContextTaken(loaded.mm(), true));
  }

  private int slot(int mm) {
    for (int i = 0; i < mms.length; i++) {
      if (mms[i] == mm) {
        return i;
      }
    }
    return -1;
  }

  private int takeSlot(int mm) {
    int slot = slot(NOBODY);
    if (slot < 0) {
      slot = nextVictim;
      nextVictim = (nextVictim + 1) % mms.length;
      dropAll(mms[slot], MachineFact.Cause.SWITCHED);
    }
    mms[slot] = mm;
    return slot;
  }

  /** Carries out a decision about {@code mm}. */
  void apply(FlushHandler.Decision decision, int mm) {
    if (decision.globalId()) {
      useGlobalId(mm);
    }
    if (decision.range().pages() > 0) {
      tlb.invalidate(mm, decision.range());
      ctx.mark(new MachineFact.Dropped(mm, decision.range(), MachineFact.Cause.INVALIDATED));
      dropWalks(mm, decision.range(), decision.walks());
      if (mm == loaded.mm()) {
        bringTo(decision.generation());
      }
    }
    if (decision.unload()) {
      mms[slot(mm)] = NOBODY;
      dropAll(mm, MachineFact.Cause.SWITCHED);
      loaded = new FlushHandler.Context(NOBODY, 0, false);
      ctx.mark(new MachineFact.ContextTaken(NOBODY, false));
    }
  }

  private void bringTo(long generation) {
    generations[slot(loaded.mm())] = generation;
    loaded = new FlushHandler.Context(loaded.mm(), generation, loaded.lazy());
  }

  /** A broadcast came by, this CPU's own or another's; says whether it was meant. */
  boolean forget(Broadcast.What what) {
    int mm = what.mm();
    if (mm == Broadcast.EVERY_SPACE) {
      dropEverything();
      return true;
    }
    if (what.globalIdOnly() && !global.get(mm)) {
      return false;
    }
    if (tlb.invalidate(mm, what.range()) > 0) {
      ctx.mark(new MachineFact.Dropped(mm, what.range(), MachineFact.Cause.INVALIDATED));
    }
    dropWalks(mm, what.range(), what.walks());
    int slot = slot(mm);
    // A flush that is still on its way may have been about other pages: then it stays behind.
    if (slot >= 0 && generations[slot] < what.generation()
        && (what.range().isAll() || generations[slot] + 1 == what.generation())) {
      generations[slot] = what.generation();
      if (mm == loaded.mm()) {
        bringTo(what.generation());
      }
    }
    return true;
  }

  /** All entries of all address spaces go; the software of this CPU doesn't learn of it. */
  void dropEverything() {
    for (int mm : mms) {
      if (mm != NOBODY) {
        dropAll(mm, MachineFact.Cause.INVALIDATED);
      }
    }
  }

  /** Whether {@code mm} is used by its global identifier; if it isn't running, it will be. */
  boolean usesGlobalId(int mm) {
    if (!global.get(mm) && mm != loaded.mm()) {
      useGlobalId(mm);
    }
    return global.get(mm);
  }

  private void useGlobalId(int mm) {
    if (!global.get(mm)) {
      global.set(mm);
      if (slot(mm) >= 0) {
        dropAll(mm, MachineFact.Cause.SWITCHED);
      }
    }
  }

  private void dropAll(int mm, MachineFact.Cause cause) {
    tlb.invalidate(mm, PageRange.ALL);
    ctx.mark(new MachineFact.Dropped(mm, PageRange.ALL, cause));
    dropWalks(mm, PageRange.ALL, FlushHandler.Walks.ALL);
  }

  private void dropWalks(int mm, PageRange range, FlushHandler.Walks which) {
    if (!cachesWalks || which == FlushHandler.Walks.KEEP) {
      return;
    }
    PageRange dropped = which == FlushHandler.Walks.ALL ? PageRange.ALL : range;
    if (walks.invalidate(mm, dropped) > 0) {
      ctx.mark(new MachineFact.WalkDropped(mm, dropped));
    }
  }

  Optional<CpuTlb.Hit> lookup(int mm, long page) {
    return tlb.lookup(mm, page);
  }

  /** The page-table page that a walk for {@code page} starts from, −1 for the root. */
  long walkFrom(int mm, long page) {
    long table = cachesWalks ? walks.lookup(mm, page) : -1;
    if (table >= 0) {
      ctx.mark(new MachineFact.WalkUsed(mm, page, table));
    }
    return table;
  }

  /** Remembers the way that a walk from the root has taken; a 2 MiB entry ends it sooner. */
  void learn(PageWalk.Entry entry) {
    if (!cachesWalks || entry.table() < 0 || entry.order() > 0) {
      return;
    }
    walks.insert(entry.mm(), entry.page(), entry.table()).ifPresent(
        old -> ctx.mark(new MachineFact.WalkDropped(old.mm(), old.range())));
    long group = entry.page() / WalkCache.GROUP_PAGES;
    ctx.mark(
        new MachineFact.WalkCached(
            entry.mm(), new WalkCache.Entry(entry.mm(), group, entry.table()).range(),
            entry.table()));
  }

  /** Caches what a walk has found. */
  TranslationCache.Entry fill(PageWalk.Entry entry) {
    TranslationCache.Entry filled =
        new TranslationCache.Entry(
            entry.mm(), entry.page(), entry.pfn(), entry.writable(), entry.readAtPs(),
            entry.dirty(), entry.order());
    tlb.insert(filled).ifPresent(
        old ->
            ctx.mark(
                new MachineFact.Dropped(old.mm(), old.range(), MachineFact.Cause.EVICTED)));
    ctx.mark(
        new MachineFact.Filled(
            entry.mm(), entry.page(), entry.pfn(), entry.writable(), entry.readAtPs(),
            entry.order()));
    return filled;
  }
}
