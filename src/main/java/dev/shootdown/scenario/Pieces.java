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

  private Pieces() {}

  /** From the first area's start to the last one's end. */
  static PageRange hull(List<Area> areas) {
    return areas.stream().map(Area::range).reduce(areas.get(0).range(), PageRange::hull);
  }

  /** The areas as a path takes them: a single one as far as {@code range} names it. */
  static List<Action.Piece> of(List<Area> areas, PageRange range) {
    return areas.size() == 1
        ? List.of(new Action.Piece(range, areas.get(0).file()))
        : areas.stream().map(area -> new Action.Piece(area.range(), area.file())).toList();
  }

  /** Whether one of them is flushed before the next one begins, on any architecture. */
  static boolean arePfns(List<Area> areas) {
    return areas.stream().anyMatch(
        area -> area.pages().state() == Scenario.PageState.PFN_MAPPED);
  }

  /**
   * Refuses several areas that no call of {@code path} would take together.
   *
   * @throws IllegalArgumentException saying what would be right
   */
  static void check(Process process, List<Area> areas, Path path) {
    List<Primitive> steps = path.steps().stream().map(PathStep::primitive).toList();
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
