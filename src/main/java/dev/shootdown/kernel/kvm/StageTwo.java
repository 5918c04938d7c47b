package dev.shootdown.kernel.kvm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The second-stage table: guest pages to frames, in 4 KiB entries. What it states as filled is what
 * it holds, under the host's page numbers.
 */
final class StageTwo {
  private record Leaf(long pfn, boolean writable, long readAtPs) {}

  private final KvmLayout layout;
  private final Ctx<?> ctx;
  private final NavigableMap<Long, Leaf> leaves = new TreeMap<>();

  StageTwo(KvmLayout layout, Ctx<?> ctx) {
    this.layout = layout;
    this.ctx = ctx;
  }

  /** Maps {@code gfn} as the host does; nothing happens if it is mapped so already. */
  void install(long gfn, PageWalk.Entry host) {
    long pfn = host.pfn() + layout.hostPage(gfn) - host.page();
    Leaf before = leaves.get(gfn);
    if (before == null || before.pfn() != pfn || host.writable() && !before.writable()) {
      leaves.put(gfn, new Leaf(pfn, host.writable(), host.readAtPs()));
      ctx.mark(
          new MachineFact.Filled(
              layout.mm(), layout.hostPage(gfn), pfn, host.writable(), host.readAtPs()));
    }
  }

  /** How many entries there are in {@code gfns}, counted up to {@code most}. */
  int count(PageRange gfns, int most) {
    int found = 0;
    for (long ignored : in(gfns).keySet()) {
      if (++found == most) {
        break;
      }
    }
    return found;
  }

  /** The first page of {@code gfns} that has an entry; there is one. */
  long first(PageRange gfns) {
    return in(gfns).firstKey();
  }

  /** Takes the first {@code most} entries of {@code gfns} away. */
  void zap(PageRange gfns, int most) {
    NavigableMap<Long, Leaf> found = in(gfns);
    for (int i = 0; i < most && !found.isEmpty(); i++) {
      long gfn = found.pollFirstEntry().getKey();
      ctx.mark(
          new MachineFact.Dropped(
              layout.mm(), PageRange.of(layout.hostPage(gfn)),
              MachineFact.Cause.INVALIDATED));
    }
  }

  /** The entry of {@code gfn}, if there is one, names {@code pfn} and may not be written. */
  void repoint(long gfn, long pfn) {
    if (leaves.containsKey(gfn)) {
      zap(PageRange.of(gfn), 1);
      leaves.put(gfn, new Leaf(pfn, false, ctx.nowPs()));
      ctx.mark(
          new MachineFact.Filled(
              layout.mm(), layout.hostPage(gfn), pfn, false, ctx.nowPs()));
    }
  }

  /** What a walker reads, now. */
  PageWalk.Entry read(PageWalk.Walk walk) {
    Leaf leaf = leaves.get(walk.page());
    return leaf == null
        ? new PageWalk.Entry(walk.tag(), walk.mm(), walk.page(), -1, false, ctx.nowPs())
        : new PageWalk.Entry(
            walk.tag(), walk.mm(), walk.page(), leaf.pfn(), leaf.writable(), leaf.readAtPs());
  }

  private NavigableMap<Long, Leaf> in(PageRange gfns) {
    return leaves.subMap(gfns.firstPage(), true, gfns.endPage(), false);
  }
}
