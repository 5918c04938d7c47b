package dev.shootdown.validate;

import java.util.ArrayList;
import java.util.List;

/**
 * C11: a device's mapping is taken away on an arm64 system whose SMMU reads page tables from
 * memory, so that each cleared entry is written back by itself. From 2 MiB on the mapping is of
 * blocks, unless a work-around for an erratum keeps it in pages.
 */
final class DmaUnmapCurve implements Curve {
  private static final double TOLERANCE = 0.10;
  private static final double PS_PER_US = 1e6;
  private static final int BLOCK_PAGES = 512;
  private static final String AS_BLOCKS = "ARMUNMAP.each.";
  private static final List<String> FITTED =
      List.of("ARMUNMAP.each.4", "ARMUNMAP.each.1024", "ARMUNMAP.each.2048");

  @Override
  public String item() {
    return "C11";
  }

  @Override
  public String title() {
    return "DMA unmap against size, arm64, a write-back per entry (Mhetre 2024)";
  }

  @Override
  public int runs() {
    return 13;
  }

  @Override
  public Outcome on(Workbench bench) {
    List<Point> points = new ArrayList<>();
    for (Published published : PublishedFile.shipped("c11")) {
      int pages = Work.pages(published.x());
      boolean blocks = pages >= BLOCK_PAGES && published.id().startsWith(AS_BLOCKS);
      points.add(
          new Point(
              blocks ? "blocks" : "pages", published, unmapUs(bench, pages, blocks),
              FITTED.contains(published.id()), TOLERANCE));
    }
    return new Outcome(
        item(), title(), "arm64-smmu", Outcome.Goal.eachPoint("each point within 10 %"), points,
        List.of());
  }

  private double unmapUs(Workbench bench, int pages, boolean blocks) {
    String more = ",mapped=true" + (blocks ? ",huge=true" : "");
    return bench
            .run(
                "arm64-smmu",
                List.of(
                    Work.process("nic0", List.of(Work.area(0, pages, more))),
                    Work.workload(List.of(Work.cpu(0, List.of("dma-unmap a0"))))))
            .rows("dma-unmap")
            .get(0)
            .elapsedPs()
        / PS_PER_US;
  }
}
