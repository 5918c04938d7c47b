package dev.shootdown.replay;

import dev.shootdown.kernel.mm.Costs;
import dev.shootdown.kernel.mm.Path;
import dev.shootdown.kernel.mm.PathStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The kernel paths that a replay walks: the profile's, without their steps on areas, which a trace
 * says nothing of; and some that stand for what the recorded kernel does besides.
 */
final class ReplayPaths {
  private static final String FLUSH_WITH_TABLES = "cpu-flush changed-with-tables";

  private final Map<String, Path> shipped;
  private final Costs costs;

  ReplayPaths(Map<String, Path> shipped, Costs costs) {
    this.shipped = shipped;
    this.costs = costs;
  }

  /** A path that the profile has. */
  Path named(String name) {
    Path path = shipped.get(name);
    return with(path, path.steps().stream().filter(ReplayPaths::isReplayed).toList());
  }

  /**
   * mremap that leaves a page table empty: unmapping the old area frees the table, which is a flush
   * of its own that reaches lazy CPUs as well (Linux 6.18, free_pgtables in mm/memory.c; the
   * recordings show it as a local flush of 0 pages of 2 MiB).
   */
  Path mremapFreeingTables() {
    Path path = named("mremap");
    List<PathStep> steps = new ArrayList<>(path.steps());
    steps.add(steps.size() - 1, PathStep.parse(FLUSH_WITH_TABLES));
    return with(path, steps);
  }

  /**
   * MADV_POPULATE: the profile's path, and for each page that is missing what handling its fault
   * costs. Nothing traps, yet the kernel handles a fault for each (Linux 6.18, mm/gup.c, {@code
   * faultin_page}): it looks up the area, charges the page and puts it into lists.
   *
   * @param missing how many pages are not there yet
   */
  Path populate(long missing) {
    return withFaults(named("populate"), missing);
  }

  private Path withFaults(Path path, long faults) {
    List<PathStep> steps = new ArrayList<>();
    for (PathStep step : path.steps()) {
      steps.add(step);
      if (step.primitive() == PathStep.Primitive.MMAP_R_LOCK && faults > 0) {
        steps.add(PathStep.parse("spend " + faults * costs.faultPs() + "ps"));
      }
    }
    return with(path, steps);
  }

  /** A copy-on-write break: the old entry is taken out and flushed before the new one is set. */
  Path copyOnWrite() {
    return own("cow-break", "mmap-r-lock", "n-start", "pte-protect", "cpu-flush changed",
        "pte-upgrade", "n-end", "mmap-r-unlock");
  }

  /** The same break of a page that a replayed fork shared: the profile's path, with its frames. */
  Path copyOnWriteOfShared() {
    return named("cow-break");
  }

  /**
   * exit_mmap: the profile's path, which takes out in one go what is known to be mapped, because
   * nobody walks over 128 TiB.
   *
   * @param tables how many page tables hold it, each of which costs what one does in a loop
   */
  Path exit(int tables) {
    Path path = named("exit");
    List<PathStep> steps = new ArrayList<>();
    for (PathStep step : path.steps()) {
      boolean zap = step.primitive() == PathStep.Primitive.SPEND && step.has("zap");
      boolean loop = step.primitive() == PathStep.Primitive.FOR_GROUP
          || step.primitive() == PathStep.Primitive.END_GROUP;
      for (int i = loop ? 1 : 0; i < (zap ? Math.max(1, tables) : 1); i++) {
        steps.add(step);
      }
    }
    return with(path, steps);
  }

  /**
   * The part of the profile's fork that copies one run of pages. Nothing is said to be shared: that
   * holds from the flush on, and between two parts another CPU may have got its own copy.
   *
   * @param first whether it is the first part, which has the costs of the whole
   * @param withChild whether the child has a table here; if not, only the parent's entries change
   */
  Path forkCopy(boolean first, boolean withChild) {
    Path path = named("fork");
    List<PathStep> steps = new ArrayList<>();
    for (PathStep step : path.steps()) {
      switch (step.primitive()) {
        case CPU_FLUSH, SHARE -> { }
        case SPEND -> steps.addAll(first ? List.of(step) : List.of());
        case FORK_COPY -> steps.add(
            withChild ? step : new PathStep(
                step.when(), PathStep.Primitive.PTE_PROTECT, step.words()));
        default -> steps.add(step);
      }
    }
    return with(path, steps);
  }

  /** Its flush of all that the parent has, lazy CPUs included ({@code flush_tlb_mm}). */
  Path forkFlush() {
    return with(named("fork"), List.of(PathStep.parse("cpu-flush all")));
  }

  /** The split of a huge page, whose entry is flushed before page tables take its place. */
  Path hugeSplit() {
    return own("thp-split", "n-start", "pte-protect", "cpu-flush changed", "pte-upgrade", "n-end");
  }

  /** A huge page put in at once. */
  Path hugeFault() {
    return withFaults(own("thp-fault", "mmap-r-lock", "pte-populate", "mmap-r-unlock"), 1);
  }

  /** MADV_COLD, and the first pass of MADV_PAGEOUT: accessed bits are cleared and flushed. */
  Path cold(String name) {
    return own(name, "spend syscall", "mmap-r-lock", "n-start", "for-group", "pte-protect",
        "cpu-flush changed", "pte-upgrade", "end-group", "n-end", "mmap-r-unlock");
  }

  /** One batch of reclaim: entries are cleared, and one flush is done before pages are freed. */
  Path reclaim() {
    return own("pageout", "mmap-r-lock", "gather-begin", "n-start", "pte-clear", "n-end", "commit",
        "page-free", "gather-end", "mmap-r-unlock");
  }

  /** A page that KSM comes to share loses the right to write ({@code write_protect_page}). */
  Path ksmProtect() {
    return own("ksm", "mmap-r-lock", "spend scan", "n-start", "pte-protect", "cpu-flush changed",
        "n-end", "mmap-r-unlock");
  }

  /**
   * A page makes way for one that KSM shares: after that its entry is cleared, flushed and set
   * anew ({@code replace_page}). Here it keeps its frame, as the other may be another program's.
   */
  Path ksmMerge() {
    return own("ksm", "mmap-r-lock", "spend scan", "n-start", "pte-protect", "cpu-flush changed",
        "n-end", "n-start", "cpu-flush range", "n-end", "mmap-r-unlock");
  }

  /** A page that KSM shares is copied, as by a write: its entry is flushed and set anew. */
  Path ksmUnmerge() {
    return own("unmerge", "mmap-r-lock", "n-start", "cpu-flush range", "pte-upgrade", "n-end",
        "mmap-r-unlock");
  }

  /** The first part of a migration, for one run of pages. */
  Path migrateOut() {
    return own("migrate", "spend reclaim", "for-group", "pte-protect", "end-group");
  }

  /** Its flush: everything, lazy CPUs included (arch_tlbbatch_flush, Linux 6.18). */
  Path migrateFlush() {
    return own("migrate", "n-start", "cpu-flush all", "AB: sec-inv range", "n-end");
  }

  /** Its last part: the pages are there again. */
  Path migrateIn() {
    return own("migrate", "for-group", "pte-upgrade", "end-group");
  }

  /** The same for pages that a fork shared: they stay read-only, and are flushed all the same. */
  Path keepingReadOnly(Path path) {
    List<PathStep> steps = new ArrayList<>();
    for (PathStep step : path.steps()) {
      if (step.primitive() == PathStep.Primitive.CPU_FLUSH && step.has("changed")) {
        steps.add(new PathStep(step.when(), step.primitive(), List.of("group")));
      } else if (step.primitive() != PathStep.Primitive.PTE_UPGRADE) {
        steps.add(step);
      }
    }
    return with(path, steps);
  }

  private static boolean isReplayed(PathStep step) {
    return !step.primitive().text().startsWith("areas-");
  }

  private static Path with(Path path, List<PathStep> steps) {
    return new Path(path.name(), path.title(), path.site(), steps);
  }

  private static Path own(String name, String... steps) {
    List<PathStep> parsed = new ArrayList<>();
    for (String step : steps) {
      parsed.add(PathStep.parse(step));
    }
    return new Path(name, name + ", as a replay stands in for it", "none", parsed);
  }
}
