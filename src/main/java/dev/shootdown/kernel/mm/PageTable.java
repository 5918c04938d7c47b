package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The page table of one address space with its lock (PTL).
 *
 * <ol>
 *   <li>A run of steps is one visit: when the lock is granted, entry i changes (i + 1) steps later.
 *   <li>A walker takes no lock; it reads what stands there at that instant, also in mid-run.
 *   <li>The lock is dropped at the end of the run, or later by {@code TableUnlock}, if the path
 *       flushes under it.
 * </ol>
 *
 * <p>Can't: huge pages, a lock per 2 MiB group (one lock serves the whole table), page-table pages
 * that are freed.
 */
public final class PageTable extends Domain<PageTable.Command> implements PageWalk.TableSide {
  /** What a page table listens to. */
  public sealed interface Command {}

  /** A CPU calls. */
  public record Arrived(KernelCall.ToKernel body) implements Command {}

  /** A walker asks. */
  public record Walked(PageWalk.ToTable body) implements Command {}

  /** The run under way is over. */
  private record RunOver(Waiting by, List<Long> pages, List<Long> pfns, long grantedPs)
      implements Command {}

  /** A leaf entry. */
  public record Leaf(long pfn, boolean writable) {}

  /** What an entry was until the run under way gets to it. */
  private record Before(Leaf leaf, long untilPs) {}

  private static final Leaf NONE = new Leaf(-1, false);

  private final int mm;
  private final TreeMap<Long, Leaf> leaves;
  private final Map<Long, Before> changing = new TreeMap<>();
  private final LockQueue<Waiting> lock = new LockQueue<>();
  private final Ports<PageWalk.ToWalker> walkers;

  private PageTable(
      ActorContext<Command> context, int mm, Map<Long, Leaf> leaves, Ctx<Command> ctx) {
    super(context, ctx);
    this.mm = mm;
    this.leaves = new TreeMap<>(leaves);
    this.walkers = ctx.ports("walkers", PageWalk.ToWalker.class);
  }

  /** The table of address space {@code mm} with these entries. */
  public static Behavior<Command> create(int mm, Map<Long, Leaf> leaves, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new PageTable(context, mm, leaves, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(
            Walked.class,
            walked -> {
              walked.body().deliverTo(this);
              return this;
            })
        .onMessage(
            Arrived.class,
            arrived -> {
              arrived.body().deliverTo(this);
              return this;
            })
        .onMessage(RunOver.class, this::onRunOver)
        .build();
  }

  private Behavior<Command> onRunOver(RunOver over) {
    changing.clear();
    KernelCall.Call call = over.by().call();
    answer(
        call, new KernelCall.Visited(over.pages(), over.pfns()), over.by().arrivedPs(),
        over.grantedPs());
    if (!((KernelCall.TableVisit) call.request()).keepLock()) {
      unlock(call.operation());
    }
    return this;
  }

  @Override
  public void on(PageWalk.Walk walk) {
    Before before = changing.get(walk.page());
    Leaf leaf =
        before != null && ctx.nowPs() < before.untilPs()
            ? before.leaf()
            : leaves.getOrDefault(walk.page(), NONE);
    ctx.send(
        walkers.at(walk.walker()),
        new PageWalk.Entry(
            walk.tag(), walk.mm(), walk.page(), leaf.pfn(), leaf.writable(), ctx.nowPs()));
  }

  @Override
  public void on(KernelCall.Call call) {
    if (call.request() instanceof KernelCall.TableVisit) {
      Waiting waiting = new Waiting(call, ctx.nowPs());
      if (lock.take(waiting, true)) {
        grant(waiting);
      }
    } else {
      refuse(call.request());
    }
  }

  @Override
  public void on(KernelCall.Post post) {
    if (post.request() instanceof KernelCall.TableUnlock) {
      unlock(post.operation());
    } else {
      refuse(post.request());
    }
  }

  private void unlock(long operation) {
    dropped(operation);
    lock.give(true, this::grant);
  }

  private void grant(Waiting waiting) {
    taken(waiting);
    KernelCall.TableVisit visit = (KernelCall.TableVisit) waiting.call().request();
    List<Long> pages = new ArrayList<>();
    List<Long> pfns = new ArrayList<>();
    if (visit.visit() == KernelCall.Visit.SET) {
      set(visit, pages, pfns);
    } else {
      for (Map.Entry<Long, Leaf> entry : within(visit.range()).entrySet()) {
        if (change(visit, entry.getKey(), entry.getValue(), pages.size())) {
          pages.add(entry.getKey());
          pfns.add(entry.getValue().pfn());
        }
      }
    }
    if (!pages.isEmpty()) {
      state(visit, pages, pfns);
    }
    ctx.after(
        pages.size() * visit.stepPs(), new RunOver(waiting, pages, pfns, ctx.nowPs()));
  }

  /** A copy, as the run changes what it walks over. */
  private Map<Long, Leaf> within(PageRange range) {
    return new TreeMap<>(leaves.subMap(range.firstPage(), range.endPage()));
  }

  private boolean change(KernelCall.TableVisit visit, long page, Leaf leaf, int index) {
    long atPs = ctx.nowPs() + (index + 1) * visit.stepPs();
    switch (visit.visit()) {
      case CLEAR:
        leaves.remove(page);
        break;
      case MOVE:
        leaves.remove(page);
        long target = page - visit.range().firstPage() + visit.to().firstPage();
        leaves.put(target, leaf);
        changing.put(target, new Before(NONE, atPs));
        break;
      case PROTECT:
      case UPGRADE:
        boolean writable = visit.visit() == KernelCall.Visit.UPGRADE;
        if (leaf.writable() == writable) {
          return false;
        }
        leaves.put(page, new Leaf(leaf.pfn(), writable));
        break;
      default:
        throw new IllegalStateException("no run of " + visit.visit());
    }
    changing.put(page, new Before(leaf, atPs));
    return true;
  }

  private void set(KernelCall.TableVisit visit, List<Long> pages, List<Long> pfns) {
    for (int i = 0; i < visit.pfns().size(); i++) {
      long page = visit.range().firstPage() + i;
      if (!leaves.containsKey(page)) {
        leaves.put(page, new Leaf(visit.pfns().get(i), true));
        changing.put(
            page, new Before(NONE, ctx.nowPs() + (pages.size() + 1) * visit.stepPs()));
        pages.add(page);
        pfns.add(visit.pfns().get(i));
      }
    }
  }

  private void state(KernelCall.TableVisit visit, List<Long> pages, List<Long> pfns) {
    long firstAtPs = ctx.nowPs() + visit.stepPs();
    MachineFact.Change change =
        switch (visit.visit()) {
          case CLEAR -> MachineFact.Change.CLEARED;
          case SET -> MachineFact.Change.SET;
          case PROTECT -> MachineFact.Change.PROTECTED;
          case UPGRADE -> MachineFact.Change.UPGRADED;
          case MOVE -> MachineFact.Change.MOVED_AWAY;
        };
    ctx.mark(
        new MachineFact.PtesChanged(mm, change, pages, pfns, firstAtPs, visit.stepPs()));
    if (visit.visit() == KernelCall.Visit.MOVE) {
      List<Long> targets = new ArrayList<>();
      for (long page : pages) {
        targets.add(page - visit.range().firstPage() + visit.to().firstPage());
      }
      ctx.mark(
          new MachineFact.PtesChanged(
              mm, MachineFact.Change.SET, targets, pfns, firstAtPs, visit.stepPs()));
    }
  }
}
