package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * An address space: mmap_lock, areas, active gathers, owed batches, notifier brackets, flush
 * generation, and which CPUs have it loaded.
 *
 * <ol>
 *   <li>Paths take mmap_lock shared or exclusive, first come first served; a writer can stay as a
 *       reader.
 *   <li>A CPU that takes the space up is in the mask before it learns the generation, so a flush
 *       either sees the CPU or is seen by it.
 *   <li>A flush raises the generation and reads the mask in one go.
 *   <li>A batched flush is owed from the first entry queued until somebody has flushed the whole
 *       space and says how many entries had been queued by then (Linux 6.12, {@code
 *       mm->tlb_flush_batched}); the batch's own flush doesn't count, as there.
 * </ol>
 *
 * <p>If a profile says so, the atomic operations on each of its cache lines come one after the
 * other (see {@link CacheLines}). A fault that locks its area waits for writers as one that takes
 * mmap_lock does, but leaves that lock's line alone.
 *
 * <p>Invariant: each bracket that ends has begun, with the same range; otherwise a breach is
 * stated. Can't: a lock per area (one shared by all
 * stands for them), stack growth, accounting.
 */
public final class AddressSpace extends Domain<AddressSpace.Command> {
  /** What an address space listens to. */
  public sealed interface Command {}

  /** A CPU calls. */
  public record Arrived(KernelCall.ToKernel body) implements Command {}

  /** A call that came at {@code arrivedPs} has its cache line now. */
  private record Fetched(KernelCall.ToKernel body, long arrivedPs) implements Command {}

  /**
   * An area of the address space.
   *
   * @param shared whether writes go to the file; if not, a write to a file's page copies it
   * @param file number of the file, −1 for anonymous memory
   * @param filePage which page of the file the area starts with
   * @param huge whether 2 MiB pages may be used
   * @param hugetlb whether they stay whole (hugetlb)
   */
  public record Area(
      PageRange range, boolean writable, boolean shared, int file, long filePage, boolean huge,
      boolean hugetlb) {
    /** One without hugetlb. */
    public Area(
        PageRange range, boolean writable, boolean shared, int file, long filePage,
        boolean huge) {
      this(range, writable, shared, file, filePage, huge, false);
    }

    /** Private anonymous memory in 4 KiB pages. */
    public Area(PageRange range, boolean writable) {
      this(range, writable, false, -1, 0, false);
    }

    /** Whether a write to a page that others see as well has to copy it. */
    public boolean copiesOnWrite() {
      return !shared;
    }

    Area withRights(boolean mayWrite) {
      return new Area(range, mayWrite, shared, file, filePage, huge, hugetlb);
    }

    /** The part of it that {@code part} names. */
    Area part(PageRange part) {
      return new Area(
          part, writable, shared, file, filePage + part.firstPage() - range.firstPage(), huge,
          hugetlb);
    }

    Area movedTo(long firstPage) {
      return new Area(
          new PageRange(firstPage, range.pages()), writable, shared, file, filePage, huge,
          hugetlb);
    }

    KernelCall.Area at(long page) {
      PageRange group = new PageRange(Tables.group(page) * TablePage.ENTRIES, TablePage.ENTRIES);
      boolean fits = huge && range.contains(group.firstPage())
          && range.contains(group.endPage() - 1);
      return new KernelCall.Area(
          true, writable, shared, file, file < 0 ? 0 : filePage + page - range.firstPage(),
          fits ? group : new PageRange(0, 0), hugetlb);
    }
  }

  private final LockQueue<Waiting> mmapLock = new LockQueue<>();
  private final TreeSet<Integer> active = new TreeSet<>();
  private final TreeSet<Integer> lazy = new TreeSet<>();
  private final List<PageRange> brackets = new ArrayList<>();
  private final List<Area> areas;
  private final CacheLines lines;
  private long generation = 1;
  private long batchAdded;
  private long batchFlushed;
  private int gathers;

  private AddressSpace(
      ActorContext<Command> context, List<Area> areas, SharedCosts costs, Ctx<Command> ctx) {
    super(context, ctx);
    this.areas = new ArrayList<>(areas);
    this.lines = new CacheLines(costs);
  }

  /** An address space with these areas, loaded nowhere. */
  public static Behavior<Command> create(List<Area> areas, Ctx<Command> ctx) {
    return create(areas, SharedCosts.NONE, ctx);
  }

  /** The same, whose cache lines CPUs keep from each other for as long as {@code costs} say. */
  public static Behavior<Command> create(
      List<Area> areas, SharedCosts costs, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new AddressSpace(context, areas, costs, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(
            Arrived.class,
            arrived -> {
              arrived.body().deliverTo(this);
              return this;
            })
        .onMessage(Fetched.class, this::onFetched)
        .build();
  }

  /** The CPU has the line; what it did there counts from now. */
  private Behavior<Command> onFetched(Fetched fetched) {
    if (fetched.body() instanceof KernelCall.Call call) {
      serve(call, fetched.arrivedPs());
    } else if (fetched.body() instanceof KernelCall.Post post) {
      serve(post.request(), post.operation());
    }
    return this;
  }

  /** Whether {@code said} has to wait for its line; if so, it comes back. */
  private boolean fetches(KernelCall.ToKernel said, KernelCall.Request request) {
    long waitPs = lines.takePs(request, ctx.nowPs());
    if (waitPs > 0) {
      ctx.after(waitPs, new Fetched(said, ctx.nowPs()));
    }
    return waitPs > 0;
  }

  @Override
  public void on(KernelCall.Call call) {
    if (!fetches(call, call.request())) {
      serve(call, ctx.nowPs());
    }
  }

  private void serve(KernelCall.Call call, long arrivedPs) {
    KernelCall.Request request = call.request();
    if (request instanceof KernelCall.Lock || request instanceof KernelCall.LockArea) {
      boolean exclusive = request instanceof KernelCall.Lock lock && lock.exclusive();
      Waiting waiting = new Waiting(call, arrivedPs);
      if (mmapLock.take(waiting, exclusive)) {
        admit(waiting);
      }
    } else if (request instanceof KernelCall.NextGeneration) {
      generation++;
      answer(
          call,
          new KernelCall.FlushTargets(
              generation, new ArrayList<>(active), new ArrayList<>(lazy)),
          arrivedPs, ctx.nowPs());
    } else if (request instanceof KernelCall.TakeUp takeUp) {
      active.add(takeUp.cpu());
      lazy.remove(takeUp.cpu());
      answer(call, new KernelCall.Generation(generation), arrivedPs, ctx.nowPs());
    } else if (request instanceof KernelCall.FindArea find) {
      answer(call, find(find.page()));
    } else if (request instanceof KernelCall.GatherCheck) {
      answer(call, new KernelCall.Nested(gathers > 1, gathers > 0), arrivedPs, ctx.nowPs());
    } else if (request instanceof KernelCall.BatchPending) {
      answer(call, new KernelCall.Batched(batchAdded != batchFlushed, batchAdded));
    } else {
      serve(request, call.operation());
      answer(call, new KernelCall.Ok());
    }
  }

  @Override
  public void on(KernelCall.Post post) {
    if (!fetches(post, post.request())) {
      serve(post.request(), post.operation());
    }
  }

  private void serve(KernelCall.Request request, long operation) {
    if (request instanceof KernelCall.Unlock unlock) {
      unlock(mmapLock, unlock, operation);
    } else if (request instanceof KernelCall.UnlockArea) {
      unlock(mmapLock, new KernelCall.Unlock(false), operation);
    } else if (request instanceof KernelCall.Downgrade) {
      downgrade(operation);
    } else if (request instanceof KernelCall.GatherBegin) {
      gathers++;
    } else if (request instanceof KernelCall.GatherEnd) {
      endGather(operation);
    } else if (request instanceof KernelCall.BatchAdd) {
      batchAdded++;
    } else if (request instanceof KernelCall.BatchFlushed flushed) {
      batchFlushed = Math.max(batchFlushed, flushed.added());
    } else if (request instanceof KernelCall.NotifierStart start) {
      brackets.add(start.range());
      ctx.mark(
          new MachineFact.BracketOpened(operation, start.mm(), start.range(), start.event()));
    } else if (request instanceof KernelCall.NotifierEnd end) {
      endBracket(end, operation);
    } else if (request instanceof KernelCall.TakeUp takeUp) {
      active.add(takeUp.cpu()); // a nest MMU, which has no generation (mm_context_add_copro)
    } else if (request instanceof KernelCall.GoLazy go) {
      if (active.remove(go.cpu())) {
        lazy.add(go.cpu());
      }
    } else if (request instanceof KernelCall.Leave leave) {
      active.remove(leave.cpu());
      lazy.remove(leave.cpu());
    } else {
      serveAreas(request);
    }
  }

  private void serveAreas(KernelCall.Request request) {
    if (request instanceof KernelCall.MoveAreas move) {
      moveAreas(move);
    } else if (request instanceof KernelCall.ProtectAreas protect) {
      cut(protect.range());
      areas.replaceAll(
          area ->
              protect.range().overlaps(area.range())
                  ? area.withRights(protect.writable()) : area);
    } else {
      refuse(request);
    }
  }

  private void downgrade(long operation) {
    if (mmapLock.isHeld(true)) {
      mmapLock.downgrade(this::admit);
    } else {
      breach("operation " + operation + " downgraded " + ctx.name()
          + ", which it had not locked exclusively");
    }
  }

  private void endGather(long operation) {
    if (gathers == 0) {
      breach("operation " + operation + " ended a gather in " + ctx.name() + " that never began");
    } else {
      gathers--;
    }
  }

  private void endBracket(KernelCall.NotifierEnd end, long operation) {
    if (brackets.remove(end.range())) {
      ctx.mark(new MachineFact.BracketClosed(operation, end.mm(), end.range()));
    } else {
      breach("operation " + operation + " ended a notifier bracket over " + end.range()
          + " that never began");
    }
  }

  private KernelCall.Area find(long page) {
    for (Area area : areas) {
      if (area.range().contains(page)) {
        return area.at(page);
      }
    }
    return new KernelCall.Area(false, false);
  }

  private void moveAreas(KernelCall.MoveAreas move) {
    cut(move.from());
    List<Area> moved = new ArrayList<>();
    for (Area area : areas) {
      if (move.from().overlaps(area.range()) && move.to().pages() > 0) {
        moved.add(
            area.movedTo(
                area.range().firstPage() - move.from().firstPage() + move.to().firstPage()));
      }
    }
    areas.removeIf(area -> move.from().overlaps(area.range()));
    areas.addAll(moved);
  }

  /** Splits areas at both ends of {@code range}, so that it covers whole areas only. */
  private void cut(PageRange range) {
    cutAt(range.firstPage());
    cutAt(range.endPage());
  }

  private void cutAt(long page) {
    for (int i = 0; i < areas.size(); i++) {
      Area area = areas.get(i);
      PageRange range = area.range();
      if (range.contains(page) && page != range.firstPage()) {
        areas.set(i, area.part(new PageRange(range.firstPage(), page - range.firstPage())));
        areas.add(area.part(new PageRange(page, range.endPage() - page)));
        return;
      }
    }
  }
}
