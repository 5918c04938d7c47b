package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.GuestDma;
import dev.shootdown.protocol.Vfio;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A container of VFIO's type1 driver, version 2, and the assigned device behind the host's IOMMU.
 *
 * <ol>
 *   <li>A map pins frames and stores host entries; it is refused where something is mapped.
 *   <li>An unmap removes whole mappings. One that would cut a mapping in two is refused, and
 *       changes nothing; one that covers holes is fine.
 *   <li>Its IOTLB flush waits for transfers that used what went away; then the ioctl returns.
 *   <li>The device's transfers go where the mappings say, and nowhere else.
 *   <li>While a migration goes on, written pages are recorded by I/O page. An unmap that asks for
 *       the record takes it along.
 * </ol>
 *
 * <p>Can: bisecting unmaps refused, sizes that wrap or are no multiple of a page refused, the flag
 * for everything, the limit on mappings. Can't: a cache of translations in front of the entries
 * (the host flushes it within the ioctl), type1 version 1, VADDR updates, and pinned pages that
 * count as written although nobody wrote.
 *
 * <p>Invariants: mappings don't overlap; no transfer begins outside them. (Linux 6.12,
 * vfio_iommu_type1.c: vfio_dma_do_map, vfio_dma_do_unmap.)
 *
 * <p>Ports: {@code emulator}, {@code guest}.
 */
public final class VfioContainer extends AbstractBehavior<VfioContainer.Command>
    implements Vfio.ContainerSide, GuestDma.DeviceSide {
  private static final int PAGE_SHIFT = 12;
  private static final long HUGE_PAGES = 512;
  private static final int HUGE_ORDER = 9;

  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire: an ioctl. */
  public record EmulatorSaid(Vfio.ToContainer body) implements Command {}

  /** Off the wire, from the guest's driver. */
  public record GuestSaid(GuestDma.ToDevice body) implements Command {}

  /** To itself: the work on a map is done. */
  private record Mapped(Vfio.MapDma map) implements Command {}

  /** To itself: the work on an unmap is done. */
  private record Unmapped(Vfio.UnmapDma unmap) implements Command {}

  /** To itself: an ioctl returns. */
  private record Returning(Vfio.Result result) implements Command {}

  /** To itself: a transfer is over. */
  private record TransferOver(long tag) implements Command {}

  private record Mapping(PageRange range, long pfn, boolean writable) {
    long pfnOf(long page) {
      return pfn + page - range.firstPage();
    }
  }

  private final VfioContainerSpec spec;
  private final int mm;
  private final Ctx<Command> ctx;
  private final Port<Vfio.ToEmulator> emulator;
  private final TreeMap<Long, Mapping> mappings = new TreeMap<>();
  private final Transfers<Command> transfers;
  private final TreeSet<Long> dirtyPages = new TreeSet<>();
  private boolean tracking;
  private boolean closed;

  private VfioContainer(
      ActorContext<Command> context, VfioContainerSpec spec, int mm, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.mm = mm;
    this.ctx = ctx;
    this.emulator = ctx.port("emulator", Vfio.ToEmulator.class);
    this.transfers = new Transfers<>(ctx, mm, spec.transferPs(), TransferOver::new);
  }

  /** An empty container for the guest whose I/O address space is {@code mm}. */
  public static Behavior<Command> create(VfioContainerSpec spec, int mm, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new VfioContainer(context, spec, mm, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(EmulatorSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(GuestSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(Mapped.class, done -> does(() -> mapped(done.map())))
        .onMessage(Unmapped.class, done -> does(() -> unmapped(done.unmap())))
        .onMessage(Returning.class, back -> does(() -> ctx.send(emulator, back.result())))
        .onMessage(TransferOver.class, over -> does(() -> transfers.end(over.tag())))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  private void mapped(Vfio.MapDma map) {
    PageRange range = range(map.iova(), map.sizeBytes());
    if (overlapping(range).isEmpty() && !closed) {
      Mapping mapping = new Mapping(range, map.pfn(), map.writable());
      mappings.put(range.firstPage(), mapping);
      filled(mapping);
    }
    answer(map.ticket(), Vfio.Status.OK, 0, List.of());
  }

  private void unmapped(Vfio.UnmapDma unmap) {
    PageRange range = unmap.all() ? PageRange.ALL : range(unmap.iova(), unmap.sizeBytes());
    List<Long> dirty = new ArrayList<>();
    long bytes = 0;
    long overPs = ctx.nowPs();
    for (Mapping mapping : overlapping(range)) {
      if (unmap.bitmap()) {
        dirty.addAll(written(mapping.range()));
      }
      written(mapping.range()).forEach(dirtyPages::remove);
      overPs = Math.max(overPs, transfers.overAtPs(mapping.range()));
      bytes += mapping.range().pages() << PAGE_SHIFT;
      mappings.remove(mapping.range().firstPage());
      ctx.mark(
          new MachineFact.Dropped(mm, mapping.range(), MachineFact.Cause.INVALIDATED));
    }
    Vfio.Result result = new Vfio.Result(unmap.ticket(), Vfio.Status.OK, bytes, dirty);
    ctx.after(overPs - ctx.nowPs(), new Returning(result));
  }

  @Override
  public void on(Vfio.MapDma map) {
    Vfio.Status status = mapStatus(map);
    if (status != Vfio.Status.OK) {
      answer(map.ticket(), status, 0, List.of());
      return;
    }
    long pages = map.sizeBytes() >>> PAGE_SHIFT;
    ctx.after(spec.mapPs() + pages * spec.mapPagePs(), new Mapped(map));
  }

  @Override
  public void on(Vfio.UnmapDma unmap) {
    Vfio.Status status = unmapStatus(unmap);
    if (status != Vfio.Status.OK) {
      answer(unmap.ticket(), status, 0, List.of());
      return;
    }
    PageRange range = unmap.all() ? PageRange.ALL : range(unmap.iova(), unmap.sizeBytes());
    long pages = 0;
    for (Mapping mapping : overlapping(range)) {
      pages += mapping.range().pages();
    }
    ctx.after(spec.unmapPs() + pages * spec.unmapPagePs(), new Unmapped(unmap));
  }

  @Override
  public void on(Vfio.TrackDirty track) {
    tracking = true;
    answer(track.ticket(), Vfio.Status.OK, 0, List.of());
  }

  @Override
  public void on(Vfio.Closed end) {
    closed = true;
    for (Mapping mapping : mappings.values()) {
      ctx.mark(
          new MachineFact.Dropped(mm, mapping.range(), MachineFact.Cause.INVALIDATED));
    }
    mappings.clear();
  }

  @Override
  public void on(GuestDma.Start start) {
    Map.Entry<Long, Mapping> below = mappings.floorEntry(start.page());
    Mapping mapping = below == null ? null : below.getValue();
    boolean allowed =
        mapping != null && mapping.range().contains(start.page())
            && (mapping.writable() || !start.write());
    if (!allowed) {
      transfers.deny(start);
      return;
    }
    long pfn = mapping.pfnOf(start.page());
    if (tracking && start.write() && dirtyPages.add(start.page())) {
      ctx.mark(new MachineFact.PteDirtied(mm, start.page(), pfn));
    }
    transfers.begin(start, pfn);
  }

  private Vfio.Status mapStatus(Vfio.MapDma map) {
    if (isBad(map.iova(), map.sizeBytes())) {
      return Vfio.Status.INVALID;
    }
    if (!overlapping(range(map.iova(), map.sizeBytes())).isEmpty()) {
      return Vfio.Status.EXISTS;
    }
    return mappings.size() >= spec.mappingsMax() ? Vfio.Status.FULL : Vfio.Status.OK;
  }

  private Vfio.Status unmapStatus(Vfio.UnmapDma unmap) {
    if (unmap.all()) {
      return unmap.iova() == 0 && unmap.sizeBytes() == 0
          ? Vfio.Status.OK
          : Vfio.Status.INVALID;
    }
    if (isBad(unmap.iova(), unmap.sizeBytes())) {
      return Vfio.Status.INVALID;
    }
    PageRange range = range(unmap.iova(), unmap.sizeBytes());
    for (Mapping mapping : overlapping(range)) {
      boolean cut =
          mapping.range().firstPage() < range.firstPage()
              || mapping.range().endPage() > range.endPage();
      if (cut) {
        return Vfio.Status.INVALID;
      }
    }
    return Vfio.Status.OK;
  }

  private static boolean isBad(long iova, long sizeBytes) {
    long offset = (1L << PAGE_SHIFT) - 1;
    boolean wraps = Long.compareUnsigned(iova + sizeBytes - 1, iova) < 0;
    return sizeBytes == 0 || wraps || ((iova | sizeBytes) & offset) != 0;
  }

  private static PageRange range(long iova, long sizeBytes) {
    return new PageRange(iova >>> PAGE_SHIFT, sizeBytes >>> PAGE_SHIFT);
  }

  private List<Mapping> overlapping(PageRange range) {
    List<Mapping> found = new ArrayList<>();
    Map.Entry<Long, Mapping> below = mappings.lowerEntry(range.firstPage());
    if (below != null && below.getValue().range().overlaps(range)) {
      found.add(below.getValue());
    }
    found.addAll(mappings.subMap(range.firstPage(), range.endPage()).values());
    return found;
  }

  private List<Long> written(PageRange range) {
    return List.copyOf(dirtyPages.subSet(range.firstPage(), range.endPage()));
  }

  private void filled(Mapping mapping) {
    long page = mapping.range().firstPage();
    boolean huge =
        mapping.range().pages() == HUGE_PAGES && (page | mapping.pfn()) % HUGE_PAGES == 0;
    long step = huge ? HUGE_PAGES : 1;
    for (; page < mapping.range().endPage(); page += step) {
      ctx.mark(
          new MachineFact.Filled(
              mm, page, mapping.pfnOf(page), mapping.writable(), ctx.nowPs(),
              huge ? HUGE_ORDER : 0));
    }
  }

  private void answer(long ticket, Vfio.Status status, long bytes, List<Long> dirty) {
    ctx.send(emulator, new Vfio.Result(ticket, status, bytes, dirty));
  }
}
