package dev.shootdown.scenario;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.config.Settings;
import dev.shootdown.hardware.accelerator.GpuJob;
import java.util.ArrayList;
import java.util.List;

/** One line of an accelerator's work, whose page is counted in an area that is known later. */
record AccessLine(
    Settings at, long atPs, int page, boolean write, int count, long everyPs) {
  /** The lines under {@code key}. */
  static List<AccessLine> read(Settings part, String key) {
    List<AccessLine> lines = new ArrayList<>();
    for (Settings line : part.children(key)) {
      lines.add(
          new AccessLine(
              line, line.timePs("at"), line.countOr("page", 0),
              line.choice("access", Access.class) == Access.WRITE,
              line.countOr("count", 1, 1_000_000, 1), line.timePsOr("every", 0)));
      line.finish();
    }
    return lines;
  }

  /** Refuses a page that {@code area} doesn't have. */
  void check(PageRange area) {
    if (page >= area.pages()) {
      at.problem(
          "page", "the area has pages 0 to " + (area.pages() - 1) + ", no page " + page);
    }
  }

  /** The work in {@code area}. */
  GpuJob in(PageRange area) {
    return new GpuJob(atPs, area.firstPage() + page, write, count, everyPs);
  }
}
