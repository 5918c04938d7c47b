package dev.shootdown.scenario;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.kernel.mm.Path;
import dev.shootdown.kernel.mm.PathStep;
import dev.shootdown.kernel.mm.PathStep.Primitive;
import dev.shootdown.scenario.Scenario.Area;
import dev.shootdown.scenario.Scenario.Process;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The areas that one operation acts on, named {@code a,b}: a call takes all in its range. */
final class Pieces {
  private static final Set<Primitive> OF_ONE_FILE =
      EnumSet.of(Primitive.RMAP_LOCK, Primitive.CACHE_DROP);

  private static final Set<Primitive> OF_SMALL_PAGES =
      EnumSet.of(
          Primitive.PTE_POPULATE, Primitive.PMD_SPLIT, Primitive.PMD_COLLAPSE, Primitive.PTE_SWAP,
          Primitive.PTE_LAZYFREE, Primitive.PTE_PROTNONE);

  private Pieces() {}

  /** From the first area's start to the last one's end. */
  static PageRange hull(List<Area> areas) {
    return areas.stream().map(Area::range).reduce(areas.get(0).range(), PageRange::hull);
  }

  /**
   * The areas as a path takes them: a single one as far as {@code range} names it.
   *
   * @throws IllegalArgumentException if that is never done to one of them
   */
  static List<Action.Piece> of(List<Area> areas, PageRange range, Path path) {
    areas.forEach(area -> check(area, path));
    return areas.size() == 1
        ? List.of(piece(areas.get(0), range))
        : areas.stream().map(area -> piece(area, area.range())).toList();
  }

  private static Action.Piece piece(Area area, PageRange range) {
    return new Action.Piece(range, area.file(), isPfns(area));
  }

  /** Whether one of them is flushed before the next one begins, on any architecture. */
  static boolean arePfns(List<Area> areas) {
    return areas.stream().anyMatch(Pieces::isPfns);
  }

  private static boolean isPfns(Area area) {
    return area.pages().state() == Scenario.PageState.PFN_MAPPED;
  }

  /** Refuses what is never done to hugetlb pages. */
  private static void check(Area area, Path path) {
    if (area.pages().state() == Scenario.PageState.HUGETLB) {
      path.steps().stream().map(PathStep::primitive).filter(OF_SMALL_PAGES::contains).findFirst()
          .ifPresent(
              step -> {
                throw new IllegalArgumentException(
                    "'" + area.name() + "' is hugetlb, whose pages stay whole and in memory; '"
                        + path.name() + "' has '" + step.text() + "'");
              });
    }
  }

  /**
   * Refuses several areas that no call of {@code path} would take together in that kernel.
   *
   * @throws IllegalArgumentException saying what would be right
   */
  static void check(
      Process process, List<Area> areas, Path path, Scenario.Kernel kernel) {
    List<Primitive> steps =
        path.in(kernel.era(), kernel.arch().architecture()).stream()
            .map(PathStep::primitive).toList();
    if (!steps.contains(Primitive.FOR_AREA) || path.needsTarget()) {
      throw new IllegalArgumentException("'" + path.name() + "' takes a single area");
    }
    for (int i = 1; i < areas.size(); i++) {
      if (areas.get(i).range().firstPage() < areas.get(i - 1).range().endPage()) {
        throw new IllegalArgumentException(
            "name areas in ascending order: '" + areas.get(i).name() + "' comes before '"
                + areas.get(i - 1).name() + "'");
      }
    }
    List<Area> between = new ArrayList<>(process.areas());
    between.removeAll(areas);
    between.removeIf(area -> area.reserved() || !area.range().overlaps(hull(areas)));
    if (!between.isEmpty()) {
      throw new IllegalArgumentException(
          "'" + between.get(0).name() + "' lies in between; a call takes all areas from the"
              + " first to the last, so name it as well");
    }
    boolean isOfOneFile = areas.stream().map(Area::file).distinct().count() == 1;
    if (!isOfOneFile && steps.stream().anyMatch(OF_ONE_FILE::contains)) {
      throw new IllegalArgumentException(
          "'" + path.name() + "' goes through one file's reverse map; "
              + areas.stream().map(Area::name).collect(Collectors.joining(" and "))
              + " differ in their file");
    }
  }
}
