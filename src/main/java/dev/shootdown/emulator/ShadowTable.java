package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.GuestDma;
import dev.shootdown.protocol.ViommuNotifier;
import dev.shootdown.trace.MachineFact;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A shadow page table, page by page, and the emulated device that translates through it.
 *
 * <ol>
 *   <li>A MAP event stores the pages that it names; a different entry that is there is replaced.
 *   <li>An UNMAP event removes what it covers, were it part of what one MAP event had brought.
 *   <li>The device's transfers go through the shadow, and an event returns when those are over that
 *       used what it removed.
 * </ol>
 *
 * <p>Can: whatever is mapped and unmapped in whatever pieces; so it is the measure for a container
 * that can't. Can't: limits of its own.
 *
 * <p>Ports: {@code emulator}, {@code guest}.
 */
public final class ShadowTable extends AbstractBehavior<ShadowTable.Command>
    implements ViommuNotifier.ListenerSide, GuestDma.DeviceSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** A call by the emulator. */
  public record EmulatorSaid(ViommuNotifier.ToListener body) implements Command {}

  /** Off the wire, from the guest's driver. */
  public record GuestSaid(GuestDma.ToDevice body) implements Command {}

  /** To itself: the work on an event is done. */
  private record Applied(ViommuNotifier.Event event) implements Command {}

  /** To itself: the call returns. */
  private record Returning(long ticket) implements Command {}

  /** To itself: a transfer is over. */
  private record TransferOver(long tag) implements Command {}

  private record Leaf(long pfn, boolean writable) {}

  private final ShadowTableSpec spec;
  private final int mm;
  private final Ctx<Command> ctx;
  private final Port<ViommuNotifier.ToEmulator> emulator;
  private final Port<GuestDma.ToGuest> guest;
  private final TreeMap<Long, Leaf> leaves = new TreeMap<>();
  private final Transfers transfers = new Transfers();

  private ShadowTable(
      ActorContext<Command> context, ShadowTableSpec spec, int mm, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.mm = mm;
    this.ctx = ctx;
    this.emulator = ctx.port("emulator", ViommuNotifier.ToEmulator.class);
    this.guest = ctx.port("guest", GuestDma.ToGuest.class);
  }

  /** An empty shadow for the guest whose I/O address space is {@code mm}. */
  public static Behavior<Command> create(ShadowTableSpec spec, int mm, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new ShadowTable(context, spec, mm, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(EmulatorSaid.class, this::onEmulatorSaid)
        .onMessage(GuestSaid.class, this::onGuestSaid)
        .onMessage(Applied.class, this::onApplied)
        .onMessage(Returning.class, this::onReturning)
        .onMessage(TransferOver.class, this::onTransferOver)
        .build();
  }

  private Behavior<Command> onEmulatorSaid(EmulatorSaid said) {
    said.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onGuestSaid(GuestSaid said) {
    said.body().deliverTo(this);
    return this;
  }

  private Behavior<Command> onApplied(Applied applied) {
    ViommuNotifier.Event event = applied.event();
    PageRange range = Spans.pages(event.span());
    long overPs = ctx.nowPs();
    if (event.type() == ViommuNotifier.Type.MAP) {
      store(range, event.pfn(), event.writable());
    } else {
      leaves.subMap(range.firstPage(), range.endPage()).clear();
      ctx.mark(new MachineFact.Dropped(mm, range, MachineFact.Cause.INVALIDATED));
      overPs = transfers.overAtPs(range, overPs);
    }
    ctx.after(overPs - ctx.nowPs(), new Returning(event.ticket()));
    return this;
  }

  private Behavior<Command> onReturning(Returning returning) {
    ctx.send(emulator, new ViommuNotifier.Taken(returning.ticket()));
    return this;
  }

  private Behavior<Command> onTransferOver(TransferOver over) {
    if (transfers.end(over.tag())) {
      ctx.mark(new MachineFact.Drained(over.tag()));
      ctx.send(guest, new GuestDma.Ended(over.tag(), false));
    }
    return this;
  }

  @Override
  public void on(ViommuNotifier.Event event) {
    PageRange range = Spans.pages(event.span());
    SortedMap<Long, Leaf> there = leaves.subMap(range.firstPage(), range.endPage());
    long pages = event.type() == ViommuNotifier.Type.MAP ? range.pages() : there.size();
    ctx.after(spec.eventPs() + pages * spec.pagePs(), new Applied(event));
  }

  @Override
  public void on(ViommuNotifier.Closed closed) {
    leaves.clear();
    ctx.mark(new MachineFact.Dropped(mm, PageRange.ALL, MachineFact.Cause.INVALIDATED));
  }

  @Override
  public void on(GuestDma.Start start) {
    Leaf leaf = leaves.get(start.page());
    if (leaf == null || (start.write() && !leaf.writable())) {
      ctx.mark(new MachineFact.Denied(mm, start.page(), start.write()));
      ctx.send(guest, new GuestDma.Ended(start.tag(), true));
      return;
    }
    ctx.mark(
        new MachineFact.Used(mm, start.page(), leaf.pfn(), start.write(), start.tag()));
    transfers.begin(start.tag(), start.page(), ctx.nowPs() + spec.transferPs());
    ctx.after(spec.transferPs(), new TransferOver(start.tag()));
  }

  private void store(PageRange range, long firstPfn, boolean writable) {
    for (long page = range.firstPage(); page < range.endPage(); page++) {
      long pfn = firstPfn + page - range.firstPage();
      leaves.put(page, new Leaf(pfn, writable));
      ctx.mark(new MachineFact.Filled(mm, page, pfn, writable, ctx.nowPs()));
    }
  }
}
