package dev.shootdown.scenario;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.hardware.accelerator.GpuJob;
import java.util.ArrayList;
import java.util.List;

/** Accesses of a GPU to the area that its driver mirrors: a job of one access for each page. */
final class GpuAccesses implements AccessTarget {
  /** Each is an object, and an event that is queued from the start. */
  static final int MOST = 100_000;

  private final int mm;
  private final PageRange area;
  private final List<GpuJob> jobs = new ArrayList<>();

  GpuAccesses(int mm, PageRange area) {
    this.mm = mm;
    this.area = area;
  }

  @Override
  public List<Integer> spaces() {
    return List.of(mm);
  }

  @Override
  public void add(AccessRow row) {
    PageRange pages = row.pages();
    if (!area.contains(pages.firstPage()) || !area.contains(pages.endPage() - 1)) {
      throw new IllegalArgumentException(
          "the part works in one area, of pages " + area + "; this is outside of it");
    }
    boolean write = row.access() == Access.WRITE;
    for (long page = pages.firstPage(); page < pages.endPage(); page++) {
      jobs.add(new GpuJob(row.atPs(), page, write, 1, 0));
    }
  }

  @Override
  public int pagesMost() {
    return MOST;
  }

  List<GpuJob> jobs() {
    return jobs;
  }
}
