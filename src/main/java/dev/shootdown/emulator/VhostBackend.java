package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.GuestDma;
import dev.shootdown.protocol.VhostIotlb;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.translation.TranslationCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A vhost backend: it moves data for a virtio device, and keeps translations in a device IOTLB.
 *
 * <ol>
 *   <li>A transfer looks its page up. A miss is told to the emulator, once for each page.
 *   <li>An update is cached, and the transfers that waited for it begin.
 *   <li>An invalidation drops what it covers, waits for transfers that used it, and is answered.
 *   <li>An update that was translated before the invalidation may arrive after it. A careful
 *       backend remembers which misses were open, throws such an update away and asks again; a
 *       plain one caches the old translation.
 * </ol>
 *
 * <p>Can: bounded IOTLB with least-recently-used replacement, and the race. Can't: log of dirty
 * pages, access-failure messages, batches of updates, updates for more than a page.
 *
 * <p>Invariant: one open miss for a page. Ports: {@code emulator}, {@code guest}.
 */
public final class VhostBackend extends AbstractBehavior<VhostBackend.Command>
    implements VhostIotlb.BackendSide, GuestDma.DeviceSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from the emulator. */
  public record EmulatorSaid(VhostIotlb.ToBackend body) implements Command {}

  /** Off the wire, from the guest's driver. */
  public record GuestSaid(GuestDma.ToDevice body) implements Command {}

  /** To itself: an invalidation takes effect. */
  private record Invalidating(VhostIotlb.Invalidate invalidate) implements Command {}

  /** To itself: what used the dropped translations is over. */
  private record Quiet(long ticket) implements Command {}

  /** To itself: a transfer is over. */
  private record TransferOver(long tag) implements Command {}

  /** Transfers that wait for a page, and whether an invalidation overtook the miss. */
  private static final class Waiting {
    private final List<GuestDma.Start> starts = new ArrayList<>();
    private boolean overtaken;
  }

  private final VhostBackendSpec spec;
  private final int mm;
  private final Ctx<Command> ctx;
  private final Port<VhostIotlb.ToEmulator> emulator;
  private final TranslationCache iotlb;
  private final Map<Long, Waiting> misses = new TreeMap<>();
  private final Transfers<Command> transfers;
  private boolean closed;

  private VhostBackend(
      ActorContext<Command> context, VhostBackendSpec spec, int mm, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.mm = mm;
    this.ctx = ctx;
    this.emulator = ctx.port("emulator", VhostIotlb.ToEmulator.class);
    this.transfers = new Transfers<>(ctx, mm, spec.transferPs(), TransferOver::new);
    this.iotlb = new TranslationCache(spec.iotlbEntries(), spec.iotlbEntries());
  }

  /** A backend with an empty IOTLB for the guest whose I/O address space is {@code mm}. */
  public static Behavior<Command> create(VhostBackendSpec spec, int mm, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new VhostBackend(context, spec, mm, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(EmulatorSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(GuestSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(Invalidating.class, due -> does(() -> invalidate(due.invalidate())))
        .onMessage(Quiet.class, quiet -> does(() -> invalidated(quiet.ticket())))
        .onMessage(TransferOver.class, over -> does(() -> transfers.end(over.tag())))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  private void invalidate(VhostIotlb.Invalidate wanted) {
    PageRange range = Spans.pages(wanted.span());
    iotlb.invalidate(mm, range);
    ctx.mark(new MachineFact.Dropped(mm, range, MachineFact.Cause.INVALIDATED));
    misses.forEach((page, waiting) -> waiting.overtaken |= range.contains(page));
    ctx.after(transfers.overAtPs(range) - ctx.nowPs(), new Quiet(wanted.ticket()));
  }

  private void invalidated(long ticket) {
    ctx.send(emulator, new VhostIotlb.Invalidated(ticket));
  }

  @Override
  public void on(VhostIotlb.Update update) {
    Waiting waiting = misses.get(update.page());
    if (waiting == null) {
      ctx.mark(new MachineFact.ProtocolBreach("an update came for a page that nobody missed"));
      return;
    }
    if (waiting.overtaken && spec.dropRacingUpdates()) {
      ctx.mark(new MachineFact.FillDiscarded(mm, update.page()));
      waiting.overtaken = false;
      ctx.send(emulator, new VhostIotlb.Miss(update.page(), anyWrites(waiting)));
      return;
    }
    misses.remove(update.page());
    fill(update);
    for (GuestDma.Start start : waiting.starts) {
      if (start.write() && !update.writable()) {
        transfers.deny(start);
      } else {
        transfers.begin(start, update.pfn());
      }
    }
  }

  @Override
  public void on(VhostIotlb.Unmapped unmapped) {
    Waiting waiting = misses.remove(unmapped.page());
    if (waiting == null) {
      ctx.mark(new MachineFact.ProtocolBreach("a page is unmapped that nobody missed"));
      return;
    }
    waiting.starts.forEach(transfers::deny);
  }

  @Override
  public void on(VhostIotlb.Invalidate invalidate) {
    ctx.after(spec.invalidatePs(), new Invalidating(invalidate));
  }

  @Override
  public void on(VhostIotlb.Closed end) {
    closed = true;
    iotlb.clear();
    ctx.mark(new MachineFact.Dropped(mm, PageRange.ALL, MachineFact.Cause.INVALIDATED));
    misses.values().forEach(waiting -> waiting.starts.forEach(transfers::deny));
    misses.clear();
  }

  @Override
  public void on(GuestDma.Start start) {
    if (closed) {
      transfers.deny(start);
      return;
    }
    TranslationCache.Entry entry = iotlb.lookup(mm, start.page()).orElse(null);
    if (entry != null && (entry.writable() || !start.write())) {
      transfers.begin(start, entry.pfn());
      return;
    }
    Waiting waiting = misses.get(start.page());
    if (waiting == null) {
      waiting = new Waiting();
      misses.put(start.page(), waiting);
      ctx.send(emulator, new VhostIotlb.Miss(start.page(), start.write()));
    }
    waiting.starts.add(start);
  }

  private static boolean anyWrites(Waiting waiting) {
    return waiting.starts.stream().anyMatch(GuestDma.Start::write);
  }

  private void fill(VhostIotlb.Update update) {
    TranslationCache.Entry entry =
        new TranslationCache.Entry(
            mm, update.page(), update.pfn(), update.writable(), update.readAtPs());
    iotlb.insert(entry).ifPresent(
        evicted ->
            ctx.mark(
                new MachineFact.Dropped(
                    mm, PageRange.of(evicted.page()), MachineFact.Cause.EVICTED)));
    ctx.mark(
        new MachineFact.Filled(
            mm, update.page(), update.pfn(), update.writable(), update.readAtPs()));
  }
}
