package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.KernelCall;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * An address space: mmap_lock, areas, active gathers, notifier brackets, flush generation, and
 * which CPUs have it loaded.
 *
 * <ol>
 *   <li>Paths take mmap_lock shared or exclusive, first come first served.
 *   <li>A CPU that takes the space up is in the mask before it learns the generation, so a flush
 *       either sees the CPU or is seen by it.
 *   <li>A flush raises the generation and reads the mask in one go.
 * </ol>
 *
 * <p>Can't: per-VMA locks, stack growth, accounting.
 */
public final class AddressSpace extends Domain<AddressSpace.Command> {
  /** What an address space listens to. */
  public sealed interface Command {}

  /** A CPU calls. */
  public record Arrived(KernelCall.ToKernel body) implements Command {}

  /** An area of the address space. */
  public record Area(PageRange range, boolean writable) {}

  private final LockQueue<Waiting> mmapLock = new LockQueue<>();
  private final TreeSet<Integer> active = new TreeSet<>();
  private final TreeSet<Integer> lazy = new TreeSet<>();
  private final List<Area> areas;
  private long generation = 1;
  private int gathers;
  private int brackets;

  private AddressSpace(ActorContext<Command> context, List<Area> areas, Ctx<Command> ctx) {
    super(context, ctx);
    this.areas = new ArrayList<>(areas);
  }

  /** An address space with these areas, loaded nowhere. */
  public static Behavior<Command> create(List<Area> areas, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new AddressSpace(context, areas, ctx));
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
        .build();
  }

  @Override
  public void on(KernelCall.Call call) {
    KernelCall.Request request = call.request();
    if (request instanceof KernelCall.Lock lock) {
      Waiting waiting = new Waiting(call, ctx.nowPs());
      if (mmapLock.take(waiting, lock.exclusive())) {
        admit(waiting);
      }
    } else if (request instanceof KernelCall.NextGeneration) {
      generation++;
      answer(
          call,
          new KernelCall.FlushTargets(
              generation, new ArrayList<>(active), new ArrayList<>(lazy)));
    } else if (request instanceof KernelCall.TakeUp takeUp) {
      active.add(takeUp.cpu());
      lazy.remove(takeUp.cpu());
      answer(call, new KernelCall.Generation(generation));
    } else if (request instanceof KernelCall.FindArea find) {
      answer(call, find(find.page()));
    } else if (request instanceof KernelCall.GatherCheck) {
      answer(call, new KernelCall.Nested(gathers > 1));
    } else {
      serve(request, call.operation());
      answer(call, new KernelCall.Ok());
    }
  }

  @Override
  public void on(KernelCall.Post post) {
    serve(post.request(), post.operation());
  }

  private void serve(KernelCall.Request request, long operation) {
    if (request instanceof KernelCall.Unlock unlock) {
      dropped(operation);
      mmapLock.give(unlock.exclusive(), this::admit);
    } else if (request instanceof KernelCall.GatherBegin) {
      gathers++;
    } else if (request instanceof KernelCall.GatherEnd) {
      gathers--;
    } else if (request instanceof KernelCall.NotifierStart) {
      brackets++;
    } else if (request instanceof KernelCall.NotifierEnd) {
      if (--brackets < 0) {
        throw new IllegalStateException("invalidate_range_end without a start");
      }
    } else if (request instanceof KernelCall.GoLazy go) {
      if (active.remove(go.cpu())) {
        lazy.add(go.cpu());
      }
    } else if (request instanceof KernelCall.Leave leave) {
      active.remove(leave.cpu());
      lazy.remove(leave.cpu());
    } else if (request instanceof KernelCall.MoveAreas move) {
      moveAreas(move);
    } else if (request instanceof KernelCall.ProtectAreas protect) {
      cut(protect.range());
      areas.replaceAll(
          area ->
              protect.range().overlaps(area.range())
                  ? new Area(area.range(), protect.writable())
                  : area);
    } else {
      refuse(request);
    }
  }

  private KernelCall.Area find(long page) {
    for (Area area : areas) {
      if (area.range().contains(page)) {
        return new KernelCall.Area(true, area.writable());
      }
    }
    return new KernelCall.Area(false, false);
  }

  private void moveAreas(KernelCall.MoveAreas move) {
    cut(move.from());
    List<Area> moved = new ArrayList<>();
    for (Area area : areas) {
      if (move.from().overlaps(area.range()) && move.to().pages() > 0) {
        long firstPage =
            area.range().firstPage() - move.from().firstPage() + move.to().firstPage();
        moved.add(new Area(new PageRange(firstPage, area.range().pages()), area.writable()));
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
      PageRange range = areas.get(i).range();
      if (range.contains(page) && page != range.firstPage()) {
        boolean writable = areas.get(i).writable();
        areas.set(
            i, new Area(new PageRange(range.firstPage(), page - range.firstPage()), writable));
        areas.add(new Area(new PageRange(page, range.endPage() - page), writable));
        return;
      }
    }
  }
}
