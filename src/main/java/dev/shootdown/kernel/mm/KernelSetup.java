package dev.shootdown.kernel.mm;

import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.kernel.notifier.PasidRules;
import dev.shootdown.kernel.notifier.Placement;
import java.util.Map;
import java.util.TreeMap;

/**
 * The kernel as software on one CPU finds it.
 *
 * @param map where its lock domains are
 * @param costs what its own code costs
 * @param placement which era, architecture and policy it has
 * @param rules the flushes as this CPU does them
 * @param paths paths by name, for those that others run: a fault runs {@value #COW_BREAK} when a
 *     shared page is written, {@value #HUGE_SPLIT} before it copies a part of a 2 MiB page, or
 *     {@value #HUGETLB_WP} for a whole one
 * @param folios the pages that this CPU has not yet put on the LRU lists
 * @param pasids what gives address spaces their PASIDs
 */
public record KernelSetup(
    KernelMap map, Costs costs, Placement placement, FlushRules rules, Map<String, Path> paths,
    FolioBatch folios, PasidRules pasids) {
  /** Copies a page that is written while others see it: call site C7, without its fault. */
  public static final String COW_BREAK = "cow-break";

  /** Splits a 2 MiB entry: call site C10, without its cause. */
  public static final String HUGE_SPLIT = "huge-split";

  /** Copies a 2 MiB page of hugetlb: call site C16, without its fault. */
  public static final String HUGETLB_WP = "hugetlb-wp";

  /** A CPU that keeps no page back yet. */
  public KernelSetup(
      KernelMap map, Costs costs, Placement placement, FlushRules rules,
      Map<String, Path> paths) {
    this(map, costs, placement, rules, paths, new FolioBatch(costs.together()));
  }

  /** A kernel in which the PASID of an address space is its number, for ever. */
  public KernelSetup(
      KernelMap map, Costs costs, Placement placement, FlushRules rules,
      Map<String, Path> paths, FolioBatch folios) {
    this(map, costs, placement, rules, paths, folios, PasidRules.NONE);
  }

  /** The same with PASIDs that {@code rules} give out. */
  public KernelSetup with(PasidRules rulesOfPasids) {
    return new KernelSetup(map, costs, placement, rules, paths, folios, rulesOfPasids);
  }

  /** Copies the map of paths. */
  public KernelSetup {
    paths = new TreeMap<>(paths);
  }

  /** A path that others run; null if there is none of that name. */
  Path path(String name) {
    return paths.get(name);
  }
}
