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
  private final TreeMap<Long, Leaf> leaves = new TreeMap<>();
  private final Transfers<Command> transfers;

  private ShadowTable(
      ActorContext<Command> context, ShadowTableSpec spec, int mm, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.mm = mm;
    this.ctx = ctx;
    this.emulator = ctx.port("emulator", ViommuNotifier.ToEmulator.class);
    this.transfers = new Transfers<>(ctx, mm, spec.transferPs(), TransferOver::new);
  }

  /** An empty shadow for the guest whose I/O address space is {@code mm}. */
  public static Behavior<Command> create(ShadowTableSpec spec, int mm, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new ShadowTable(context, spec, mm, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(EmulatorSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(GuestSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(Applied.class, applied -> does(() -> apply(applied.event())))
        .onMessage(Returning.class, back -> does(() -> returns(back.ticket())))
        .onMessage(TransferOver.class, over -> does(() -> transfers.end(over.tag())))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  private void apply(ViommuNotifier.Event event) {
    PageRange range = Spans.pages(event.span());
    long overPs = ctx.nowPs();
    if (event.type() == ViommuNotifier.Type.MAP) {
      store(range, event.pfn(), event.writable());
    } else {
      leaves.subMap(range.firstPage(), range.endPage()).clear();
      ctx.mark(new MachineFact.Dropped(mm, range, MachineFact.Cause.INVALIDATED));
      overPs = transfers.overAtPs(range);
    }
    ctx.after(overPs - ctx.nowPs(), new Returning(event.ticket()));
  }

  private void returns(long ticket) {
    ctx.send(emulator, new ViommuNotifier.Taken(ticket));
  }

  @Override
  public void on(ViommuNotifier.Event event) {
    PageRange range = Spans.pages(event.span());
    if (event.type() == ViommuNotifier.Type.MAP && range.isAll()) {
      ctx.mark(new MachineFact.ProtocolBreach("a map event is for pages, not for all there are"));
      returns(event.ticket());
      return;
    }
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
      transfers.deny(start);
    } else {
      transfers.begin(start, leaf.pfn());
    }
  }

  private void store(PageRange range, long firstPfn, boolean writable) {
    for (long page = range.firstPage(); page < range.endPage(); page++) {
      long pfn = firstPfn + page - range.firstPage();
      leaves.put(page, new Leaf(pfn, writable));
      ctx.mark(new MachineFact.Filled(mm, page, pfn, writable, ctx.nowPs()));
    }
  }
}
