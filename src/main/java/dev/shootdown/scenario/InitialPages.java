package dev.shootdown.scenario;

import dev.shootdown.kernel.mm.AddressSpace;
import dev.shootdown.kernel.mm.FrameTable;
import dev.shootdown.kernel.mm.PageTable;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.KernelWords.FrameKind;
import dev.shootdown.protocol.KernelWords.FrameState;
import dev.shootdown.scenario.Scenario.Area;
import dev.shootdown.scenario.Scenario.AreaName;
import dev.shootdown.scenario.Scenario.PageState;
import dev.shootdown.scenario.Scenario.Pages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The pages that are mapped when a run starts, and the frames behind them. */
final class InitialPages {
  private static final int HUGE = 512;
  private static final int HUGE_ORDER = 9;

  /** A frame in use, with what maps it counted. */
  private static final class Use {
    private final FrameKind kind;
    private final int order;
    private final int file;
    private final long filePage;
    private int mappings;
    private int pins;
    private boolean dirty;

    Use(FrameKind kind, int order, int file, long filePage) {
      this.kind = kind;
      this.order = order;
      this.file = file;
      this.filePage = filePage;
    }
  }

  private final List<List<AddressSpace.Area>> areas = new ArrayList<>();
  private final List<Map<Long, PageTable.Leaf>> leaves = new ArrayList<>();
  private final TreeMap<Long, Use> uses = new TreeMap<>();
  private final TreeMap<Long, Long> cached = new TreeMap<>();
  private final MemoryNodes nodes;
  private final long[] nextPfns;
  private int turn = -1;

  InitialPages(List<Scenario.Process> processes, MemoryNodes nodes) {
    this.nodes = nodes;
    this.nextPfns = new long[nodes.count()];
    for (int node = 0; node < nextPfns.length; node++) {
      nextPfns[node] = node == 0 ? 1 : node * Dma.NODE_FRAMES;
    }
    for (Scenario.Process process : processes) {
      Map<Long, PageTable.Leaf> own = new TreeMap<>();
      List<AddressSpace.Area> inSpace = new ArrayList<>();
      leaves.add(own);
      areas.add(inSpace);
      for (Area area : process.areas()) {
        if (!area.reserved()) {
          inSpace.add(
              new AddressSpace.Area(
                  area.range(), area.pages().writable(), area.shared(), area.file(),
                  area.filePage(), area.pages().huge(),
                  area.pages().state() == PageState.HUGETLB));
        }
        if (area.pages().mapped()) {
          map(processes, process, area);
        }
      }
    }
  }

  List<AddressSpace.Area> areas(int mm) {
    return areas.get(mm);
  }

  Map<Long, PageTable.Leaf> leaves(int mm) {
    return leaves.get(mm);
  }

  /** Of each node the first frame number that is not in use. */
  List<Long> firstPfns() {
    return Arrays.stream(nextPfns).boxed().toList();
  }

  /** All frames in use. */
  List<FrameTable.InUse> frames() {
    List<FrameTable.InUse> frames = new ArrayList<>();
    uses.forEach(
        (pfn, use) -> {
          int cacheReference = use.kind == FrameKind.FILE ? 1 : 0;
          FrameState state =
              new FrameState(
                  pfn, use.kind, use.mappings + cacheReference + use.pins, use.mappings,
                  use.dirty);
          frames.add(new FrameTable.InUse(state, use.order, use.file, use.filePage));
        });
    return frames;
  }

  /** Somebody pins the page for good, which keeps its frame; nothing happens if it is absent. */
  void pin(int mm, long page) {
    PageTable.Leaf leaf = leaves.get(mm).get(page);
    if (leaf != null) {
      uses.get(leaf.pfn()).pins++;
    }
  }

  private void map(
      List<Scenario.Process> processes, Scenario.Process process, Area area) {
    Pages pages = area.pages();
    Map<Long, PageTable.Leaf> own = leaves.get(leaves.size() - 1);
    long step = pages.huge() ? HUGE : 1;
    for (long i = 0; i < area.range().pages(); i += step) {
      long page = area.range().firstPage() + i;
      long pfn = pages.sameAs().isPresent()
          ? shared(processes, pages.sameAs().get(), i)
          : frame(process, area, i);
      Use use = uses.get(pfn);
      use.mappings++;
      use.dirty = use.dirty || pages.dirty();
      own.put(page, leaf(pages, pfn, area));
    }
  }

  private static PageTable.Leaf leaf(Pages pages, long pfn, Area area) {
    boolean privateFile = area.file() >= 0 && !area.shared();
    boolean readOnly = !pages.writable() || pages.sameAs().isPresent() || privateFile
        || pages.state() == PageState.KSM || pages.state() == PageState.ZERO;
    PageTable.Leaf leaf;
    if (pages.huge()) {
      leaf = PageTable.Leaf.huge(pfn);
    } else if (readOnly) {
      leaf = PageTable.Leaf.readOnly(pfn);
    } else {
      leaf = pages.dirty() ? new PageTable.Leaf(pfn, true) : PageTable.Leaf.clean(pfn);
    }
    if (pages.huge() && readOnly) {
      leaf = leaf.without(PageTable.Leaf.WRITABLE | PageTable.Leaf.DIRTY);
    } else if (pages.huge() && !pages.dirty()) {
      leaf = leaf.without(PageTable.Leaf.DIRTY);
    }
    return leaf;
  }

  /** The frame of another area's page; both see it read-only from the start. */
  private long shared(List<Scenario.Process> processes, AreaName name, long index) {
    Area other = processes.get(name.mm()).areas().get(name.area());
    Map<Long, PageTable.Leaf> table = leaves.get(name.mm());
    long page = other.range().firstPage() + index;
    PageTable.Leaf leaf = table.get(page);
    table.put(page, leaf.without(PageTable.Leaf.WRITABLE));
    return leaf.pfn();
  }

  private long frame(Scenario.Process process, Area area, long index) {
    Pages pages = area.pages();
    if (pages.state() == PageState.ZERO && cached.containsKey(-1L)) {
      return cached.get(-1L);
    }
    boolean ofFile = area.file() >= 0 && pages.state() == PageState.PLAIN;
    long filePage = area.filePage() + index;
    long cacheKey = ofFile ? ((long) area.file() << 40) + filePage : -1;
    if (ofFile && cached.containsKey(cacheKey)) {
      return cached.get(cacheKey);
    }
    long size = pages.huge() ? HUGE : 1;
    int node = node(process, pages);
    long pfn = (nextPfns[node] + size - 1) / size * size;
    nextPfns[node] = pfn + size;
    FrameKind kind =
        switch (pages.state()) {
          case KSM -> FrameKind.KSM;
          case ZERO -> FrameKind.ZERO;
          case PFN_MAPPED -> FrameKind.PFN_MAPPED;
          case PLAIN, HUGETLB -> ofFile ? FrameKind.FILE : FrameKind.ANON;
        };
    uses.put(
        pfn, new Use(kind, pages.huge() ? HUGE_ORDER : 0, ofFile ? area.file() : -1, filePage));
    if (ofFile || pages.state() == PageState.ZERO) {
      cached.put(ofFile ? cacheKey : -1L, pfn);
    }
    return pfn;
  }

  private int node(Scenario.Process process, Pages pages) {
    if (pages.node() >= 0) {
      return Math.min(pages.node(), nodes.count() - 1);
    }
    if (nodes.isInterleaved()) {
      turn = (turn + 1) % nodes.count();
      return turn;
    }
    return nodes.of(process.socket());
  }
}
