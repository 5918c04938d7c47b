package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Continuation;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.GuestDma;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.ViommuQueue;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A guest kernel's IOMMU driver on one vCPU, and the I/O page table that it keeps in guest memory.
 *
 * <ol>
 *   <li>A map takes frames and stores entries. Under an IOMMU that caches absent entries (caching
 *       mode) it invalidates them, too.
 *   <li>A strict unmap clears entries, invalidates, and only then gives the frames back.
 *   <li>A lazy unmap clears entries, queues the range and gives the frames back at once: devices
 *       may use them until the queue is flushed, when it is full or after a while. An address that
 *       is queued isn't handed out again; a map that asks for it flushes first.
 *   <li>A submission leaves the virtual machine. The vCPU stands still until the emulator is done,
 *       while guest memory can be read.
 *   <li>An IOMMU that walks in two stages reads the table where it is, without a lock.
 *   <li>If the emulator ends, so does the guest, in the middle of what it did.
 * </ol>
 *
 * <p>Can: strict and lazy mode, range rounding, device-TLB descriptors, first-level tables. Can't:
 * several vCPUs, contention for the queue, deferred frees of page-table pages,
 * the exact ranges of Arm's driver (under an SMMUv3, too, it rounds as Intel's).
 *
 * <p>Invariants: in strict mode no frame is given back before its invalidation is done; each
 * instant of an operation is booked. Ports: {@code viommu}, {@code reader}, families {@code
 * devices} and {@code walkers}.
 */
public final class GuestDriver extends AbstractBehavior<GuestDriver.Command>
    implements ViommuQueue.GuestSide, GuestDma.GuestSide, PageWalk.TableSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from the emulator. */
  public record ViommuSaid(ViommuQueue.ToGuest body) implements Command {}

  /** Off the wire, from a device. */
  public record DeviceSaid(GuestDma.ToGuest body) implements Command {}

  /** Off the wire, from who reads its table beside the emulator: an IOMMU in two stages. */
  public record Walked(PageWalk.ToTable body) implements Command {}

  /** To itself: the first action is due. */
  private record Begin() implements Command {}

  /** To itself: a stretch of an operation is over. */
  private record Spent() implements Command {}

  /** To itself: the next transfer of a series is due, {@code left} of them with this one. */
  record DmaDue(GuestAction.Dma dma, int left) implements Command {}

  /** To itself: other work is over. */
  private record SpinOver() implements Command {}

  /** To itself: the oldest queued range has waited long enough. */
  private record FlushDue() implements Command {}

  private final GuestDriverSpec spec;
  private final GuestLayout layout;
  private final Ctx<Command> ctx;
  private final Port<ViommuQueue.ToViommu> viommu;
  private final Port<ViommuQueue.ToViommu> reader;
  private final Ports<PageWalk.ToWalker> walkers;
  private final Descriptors descriptors;
  private final GuestTable table;
  private final FlushQueue queue;
  private final TimeLine line;
  private final DmaSeries transfers;
  private final ArrayDeque<GuestAction> work;
  private Continuation next;
  private long nextFrame;
  private boolean submitted;
  private boolean spinning;
  private boolean awaiting;
  private boolean timerRuns;
  private boolean flushDue;
  private boolean goingOn;
  private boolean dead;

  private GuestDriver(ActorContext<Command> context, GuestDriverSpec spec, GuestLayout layout,
      List<GuestAction> work, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.viommu = ctx.port("viommu", ViommuQueue.ToViommu.class);
    this.reader = ctx.port("reader", ViommuQueue.ToViommu.class);
    this.walkers = ctx.ports("walkers", PageWalk.ToWalker.class);
    this.descriptors = new Descriptors(spec, layout);
    this.table = new GuestTable(layout.addressBits());
    this.queue = new FlushQueue(spec.queueEntries());
    this.line = new TimeLine(ctx, layout.mm());
    this.transfers = new DmaSeries(ctx);
    this.work = new ArrayDeque<>(work);
    this.nextFrame = layout.firstFrame() + layout.ownPage();
    ctx.after(0, new Begin());
  }

  /** A guest that will do {@code work}; its table is empty. */
  public static Behavior<Command> create(
      GuestDriverSpec spec, GuestLayout layout, List<GuestAction> work, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new GuestDriver(context, spec, layout, work, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(ViommuSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(DeviceSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(Walked.class, walked -> does(() -> walked.body().deliverTo(this)))
        .onMessage(Begin.class, begin -> does(this::goOn))
        .onMessage(Spent.class, spent -> does(this::spent))
        .onMessage(DmaDue.class, due -> does(() -> again(due)))
        .onMessage(SpinOver.class, over -> does(this::spun))
        .onMessage(FlushDue.class, due -> does(this::flushIsDue))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  private void spent() {
    if (!dead) {
      next.run();
    }
  }

  private void again(DmaDue due) {
    if (!dead) {
      transfers.goOn(due);
    }
  }

  private void spun() {
    spinning = false;
    goOn();
  }

  private void flushIsDue() {
    timerRuns = false;
    flushDue = !queue.isEmpty();
    goOn();
  }

  /** The emulator is dead, but memory isn't: the answer then goes to nobody who cares. */
  @Override
  public void on(ViommuQueue.Read read) {
    List<ViommuQueue.Slot> slots = table.read(read.range());
    ctx.send(
        reader,
        new ViommuQueue.Contents(read.ticket(), slots, table.entriesRead(), ctx.nowPs()));
  }

  @Override
  public void on(PageWalk.Walk walk) {
    ctx.send(walkers.at(walk.walker()), table.entry(walk, ctx.nowPs()));
  }

  @Override
  public void on(ViommuQueue.Done done) {
    if (dead) {
      return;
    }
    if (done.ticket() != line.operation() || !submitted) {
      ctx.mark(new MachineFact.ProtocolBreach("a submission is done that is not open"));
      return;
    }
    submitted = false;
    line.book(Account.QUEUE_WAIT, done.startedPs());
    line.book(Account.IOTLB_WAIT, done.iotlbDonePs());
    line.book(Account.ATC_WAIT, done.donePs());
    line.book(Account.STATUS_WAIT, ctx.nowPs());
    line.turnTo(Account.SOFTWARE);
    ctx.mark(
        new MachineFact.FlushEnded(line.operation(), MachineFact.Audience.SECONDARY));
    next.run();
  }

  @Override
  public void on(ViommuQueue.Died died) {
    dead = true;
    if (line.isOpen()) {
      line.end();
    }
  }

  @Override
  public void on(GuestDma.Ended ended) {
    transfers.ended(ended.tag());
    if (awaiting && !transfers.isOpen()) {
      awaiting = false;
      goOn();
    }
  }

  /** Takes up what is next, unless it is busy: a flush that is due goes between other work. */
  private void goOn() {
    if (goingOn) {
      return; // what takes no time comes back here from below
    }
    goingOn = true;
    while (!dead && !line.isOpen() && (flushDue || isFree())) {
      if (flushDue) {
        flushDue = false;
        flushQueue();
      } else {
        start(work.poll());
      }
    }
    goingOn = false;
  }

  private boolean isFree() {
    return !spinning && !awaiting && !work.isEmpty();
  }

  private void start(GuestAction action) {
    if (action instanceof GuestAction.Map map) {
      map(map);
    } else if (action instanceof GuestAction.Unmap unmap) {
      unmap(unmap.range());
    } else if (action instanceof GuestAction.FlushDevices) {
      flushDevices();
    } else if (action instanceof GuestAction.Dma dma) {
      transfers.begin(dma);
    } else if (action instanceof GuestAction.AwaitDma) {
      awaiting = transfers.isOpen();
    } else if (action instanceof GuestAction.Spin spin) {
      spin(spin.durationPs());
    } else if (action instanceof GuestAction.SpinUntil until) {
      spin(Math.max(0, until.untilPs() - ctx.nowPs()));
    }
  }

  private void spin(long durationPs) {
    spinning = true;
    ctx.after(durationPs, new SpinOver());
  }

  private void map(GuestAction.Map map) {
    PageRange range = map.range();
    line.begin("map", layout.mm(), range);
    if (queue.holds(range)) {
      flush(queue.hull(), descriptors.forAll(), () -> {
        closeWindows();
        mapFree(map);
      });
    } else {
      mapFree(map);
    }
  }

  /** Maps addresses that are free by now. */
  private void mapFree(GuestAction.Map map) {
    PageRange range = map.range();
    long unit = map.huge() ? GuestTable.HUGE_PAGES : 1;
    long pfn = (nextFrame + unit - 1) / unit * unit;
    nextFrame = pfn + range.pages();
    spend(Account.SOFTWARE, spec.mapPs(), () ->
        spend(Account.PAGE_ALLOC, range.pages() * spec.pageAllocPs(), () -> {
          ctx.mark(new MachineFact.FramesAllocated(GuestTable.numbers(pfn, range.pages())));
          spend(Account.PTE_WORK, range.pages() / unit * spec.ptePs(), () -> {
            table.map(range, pfn, map.huge(), true);
            changed(MachineFact.Change.SET, GuestTable.numbers(range.firstPage(), range.pages()),
                GuestTable.numbers(pfn, range.pages()));
            if (layout.cachingMode() && !spec.firstLevel()) {
              flush(range, descriptors.forRange(range, false), this::end);
            } else {
              end();
            }
          });
        }));
  }

  private void unmap(PageRange range) {
    line.begin("unmap", layout.mm(), range);
    spend(Account.SOFTWARE, spec.unmapPs(), () -> {
      if (spec.mode() == GuestDriverSpec.Mode.LAZY && queue.isFull()) {
        flush(queue.hull(), descriptors.forAll(), () -> {
          closeWindows();
          clear(range);
        });
      } else {
        clear(range);
      }
    });
  }

  private void clear(PageRange range) {
    spend(Account.PTE_WORK, range.pages() * spec.ptePs(), () -> {
      List<Long> pages = new ArrayList<>();
      List<Long> pfns = new ArrayList<>();
      for (GuestTable.Cleared cleared : table.unmap(range)) {
        pages.add(cleared.page());
        pfns.add(cleared.pfn());
      }
      changed(MachineFact.Change.CLEARED, pages, pfns);
      if (spec.mode() == GuestDriverSpec.Mode.STRICT) {
        flush(range, descriptors.forRange(range, true), () -> free(pfns));
      } else {
        ctx.mark(new MachineFact.StaleWindowOpened(layout.mm(), range));
        queue.add(range);
        if (!timerRuns) {
          timerRuns = true;
          ctx.after(spec.queuePeriodPs(), new FlushDue());
        }
        free(pfns);
      }
    });
  }

  private void free(List<Long> pfns) {
    spend(Account.PAGE_FREE, pfns.size() * spec.pageFreePs(), () -> {
      ctx.mark(new MachineFact.FramesFreed(line.operation(), pfns));
      end();
    });
  }

  private void flushQueue() {
    line.begin("flush-queue", layout.mm(), queue.hull());
    flush(queue.hull(), descriptors.forAll(), () -> {
      closeWindows();
      end();
    });
  }

  private void flushDevices() {
    line.begin("flush-devices", layout.mm(), PageRange.ALL);
    List<ViommuQueue.Descriptor> all = descriptors.forDevices(PageRange.ALL);
    if (all.isEmpty()) {
      end();
    } else {
      flush(PageRange.ALL, all, this::end);
    }
  }

  /** Submits {@code what} for {@code requested} and goes on when the emulator is done. */
  private void flush(
      PageRange requested, List<ViommuQueue.Descriptor> what, Continuation then) {
    long operation = line.operation();
    ctx.mark(
        new MachineFact.FlushBegan(
            operation, MachineFact.Audience.SECONDARY, layout.mm(), requested,
            Descriptors.hit(what), layout.atsDevices().size()));
    spend(Account.SUBMIT, spec.submitPs(), () -> {
      next = then;
      submitted = true;
      line.turnTo(Account.QUEUE_WAIT);
      ctx.send(viommu, new ViommuQueue.Submit(operation, operation, what));
    });
  }

  private void closeWindows() {
    for (PageRange range : queue.take()) {
      ctx.mark(new MachineFact.StaleWindowClosed(layout.mm(), range));
    }
  }

  private void changed(MachineFact.Change change, List<Long> pages, List<Long> pfns) {
    if (!pages.isEmpty()) {
      ctx.mark(
          new MachineFact.PtesChanged(layout.mm(), change, pages, pfns, ctx.nowPs(), 0));
    }
  }

  private void spend(Account account, long durationPs, Continuation then) {
    line.turnTo(account);
    if (durationPs == 0) {
      then.run();
    } else {
      next = then;
      ctx.after(durationPs, new Spent());
    }
  }

  private void end() {
    next = null;
    line.end();
    goOn();
  }
}
