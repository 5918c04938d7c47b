package dev.shootdown.kernel.hmm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The GPU's page table, in 4 KiB entries. What it states as filled is what it holds. */
final class GpuTable {
  /** A page as the process had it. */
  record Leaf(long pfn, boolean writable, long readAtPs) {}

  private final int mm;
  private final Ctx<?> ctx;
  private final NavigableMap<Long, Leaf> leaves = new TreeMap<>();

  GpuTable(int mm, Ctx<?> ctx) {
    this.mm = mm;
    this.ctx = ctx;
  }

  /** The entry of {@code page}, if it allows the access. */
  Optional<Leaf> find(long page, boolean write) {
    return Optional.ofNullable(leaves.get(page)).filter(leaf -> leaf.writable() || !write);
  }

  /** Maps {@code page} as the process does. */
  Leaf install(long page, PageWalk.Entry host) {
    Leaf leaf =
        new Leaf(host.pfn() + page - host.page(), host.writable(), host.readAtPs());
    leaves.put(page, leaf);
    ctx.mark(
        new MachineFact.Filled(mm, page, leaf.pfn(), leaf.writable(), leaf.readAtPs()));
    return leaf;
  }

  /** How many entries there are in {@code range}. */
  int count(PageRange range) {
    return in(range).size();
  }

  /** Takes all entries of {@code range} away. */
  void zap(PageRange range) {
    NavigableMap<Long, Leaf> found = in(range);
    if (!found.isEmpty()) {
      found.clear();
      ctx.mark(new MachineFact.Dropped(mm, range, MachineFact.Cause.INVALIDATED));
    }
  }

  private NavigableMap<Long, Leaf> in(PageRange range) {
    return leaves.subMap(range.firstPage(), true, range.endPage(), false);
  }
}
