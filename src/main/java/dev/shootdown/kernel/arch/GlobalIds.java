package dev.shootdown.kernel.arch;

import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which address spaces have a global identifier, as one CPU's kernel knows it, and which CPUs it
 * has seen to use it.
 *
 * <p>Linux keeps this in the address space and in per-CPU memory that all can read. Here each CPU
 * keeps its own view: it looks once at each CPU that it meets in a flush, and a CPU that has
 * changed over never goes back. Address spaces don't end, so no identifier is ever given again:
 * the first {@link ArchSpec#globalIds} address spaces can have one, half as many with user twins.
 */
final class GlobalIds {
  private static final int TICKS = 32;

  private final ArchSpec spec;
  private final Map<Integer, BitSet> seenByMm = new TreeMap<>();

  GlobalIds(ArchSpec spec) {
    this.spec = spec;
  }

  /** Whether {@code mm} has one, now that it is known to be active on so many CPUs. */
  boolean has(int mm, int cpus, long nowPs) {
    if (seenByMm.containsKey(mm)) {
      return true;
    }
    int ids = spec.twins() ? spec.globalIds() / 2 : spec.globalIds();
    if (mm >= ids || cpus <= spec.globalIdCpus() || !isConsidered(mm, nowPs)) {
      return false;
    }
    seenByMm.put(mm, new BitSet());
    return true;
  }

  private boolean isConsidered(int mm, long nowPs) {
    return spec.globalIdCheckPs() == 0
        || nowPs / spec.globalIdCheckPs() % TICKS == mm % TICKS;
  }

  /** The CPUs that were seen to use it. */
  BitSet seen(int mm) {
    return seenByMm.get(mm);
  }
}
