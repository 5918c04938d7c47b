package dev.shootdown.replay;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.mm.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Migrations of pages, of whichever address space has them: an event names only the address. */
final class Migrations {
  /** Layouts are randomised over a far larger range. 1 GiB. */
  private static final long REGION_PAGES = 1L << 18;
  private static final PageRange NOWHERE = new PageRange(0, 0);

  private final WorkLists work;
  private final ReplayPaths paths;
  private final Map<Integer, Footprint> footprints;
  private final CopyOnWrite copyOnWrite;
  private long lost;

  /** {@code footprints} are those of all address spaces so far, and grow. */
  Migrations(WorkLists work, ReplayPaths paths, Map<Integer, Footprint> footprints,
      CopyOnWrite copyOnWrite) {
    this.copyOnWrite = copyOnWrite;
    this.work = work;
    this.paths = paths;
    this.footprints = footprints;
  }

  /** Runs of migrated pages that no address space, or more than one, is known to have. */
  long lost() {
    return lost;
  }

  /** The runs of a batch by the address space that has them, if it is one. */
  TreeMap<Integer, List<PageRange>> owned(MigrateCause batch) {
    TreeMap<Integer, List<PageRange>> runsByMm = new TreeMap<>();
    for (PageRange run : batch.pages()) {
      List<Integer> owners = owners(run.firstPage());
      if (owners.size() == 1) {
        runsByMm.computeIfAbsent(owners.get(0), key -> new ArrayList<>()).add(run);
      } else {
        lost++;
      }
    }
    return runsByMm;
  }

  /**
   * All runs lose the right to write, one flush reaches whoever has the address space, and they get
   * it back: what the shipped path does to each page, with the one flush of a batch.
   */
  void carryOut(MigrateCause batch, TreeMap<Integer, List<PageRange>> runsByMm) {
    runsByMm.forEach((mm, runs) -> {
      long pages = runs.stream().mapToLong(PageRange::pages).sum();
      for (PageRange run : runs) {
        work.uncollapse(batch, "migrate", mm, footprints.get(mm), run, paths);
        work.operation(batch, "migrate", pages,
            new Action.Operate(paths.migrateOut(), mm, run, NOWHERE, -1));
      }
      PageRange hull = runs.get(0).hull(runs.get(runs.size() - 1));
      work.operation(batch, "migrate", pages,
          new Action.Operate(paths.migrateFlush(), mm, hull, NOWHERE, -1));
      for (PageRange run : runs) {
        work.operation(batch, "migrate", pages,
            new Action.Operate(
                copyOnWrite.isShared(run, mm)
                    ? paths.keepingReadOnly(paths.migrateIn()) : paths.migrateIn(),
                mm, run, NOWHERE, -1));
      }
    });
  }

  /** Who has a page: whoever is known to, or else has something in the same 1 GiB. */
  private List<Integer> owners(long page) {
    long region = page / REGION_PAGES * REGION_PAGES;
    List<Integer> owners = new ArrayList<>();
    for (PageRange where : List.of(PageRange.of(page), new PageRange(region, REGION_PAGES))) {
      footprints.forEach((mm, footprint) -> {
        if (footprint.hasAny(where)) {
          owners.add(mm);
        }
      });
      if (!owners.isEmpty()) {
        return owners;
      }
    }
    return owners;
  }
}
