package dev.shootdown.kernel.mm;

import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelWords.FrameKind;
import dev.shootdown.protocol.KernelWords.FrameState;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The page allocator and what it knows of each frame: references, mappings, dirty or not, what it
 * is used for, and its folio lock.
 *
 * <ol>
 *   <li>A frame is handed out with one reference. Giving a reference back is not yet PAGE-FREE:
 *       that comes when the last one is given back. The page cache holds one of its own.
 *   <li>The zero page is never freed; memory without reference counts is freed by its owner,
 *       whatever still maps it, and what others give back of it then goes nowhere.
 *   <li>lru_lock guards the lists of pages in use; the lists themselves are not kept.
 *   <li>A reference given back that nobody held is a breach, stated with its operation.
 * </ol>
 *
 * <p>A frame number is never handed out twice in a run, so that a use of a freed frame can be told
 * from a use of its next tenant. Can't: zones, running out, per-CPU lists.
 */
public final class FrameTable extends Domain<FrameTable.Command> {
  private static final String LISTS = "lru lists";

  /** What the frame table listens to. */
  public sealed interface Command {}

  /** A CPU calls. */
  public record Arrived(KernelCall.ToKernel body) implements Command {}

  /** Frames are back after the time that freeing them takes. */
  private record Freed(Waiting by, List<Long> pfns) implements Command {}

  private record CachePage(int file, long filePage) implements Comparable<CachePage> {
    @Override
    public int compareTo(CachePage other) {
      return file != other.file
          ? Integer.compare(file, other.file) : Long.compare(filePage, other.filePage);
    }
  }

  private final TreeMap<Long, Frame> used = new TreeMap<>();
  private final TreeMap<CachePage, Long> cache = new TreeMap<>();
  private final TreeMap<Long, LockQueue<Waiting>> folioLocks = new TreeMap<>();
  private final LockQueue<Waiting> lruLock = new LockQueue<>();
  private final FrameNodes nodes;

  private FrameTable(
      ActorContext<Command> context, FrameNodesSpec nodes, List<InUse> special,
      Ctx<Command> ctx) {
    super(context, ctx);
    for (long pfn = 1; pfn < nodes.firstPfns().get(0); pfn++) {
      used.put(pfn, new Frame(FrameKind.ANON, 0, 1, 1));
    }
    special.forEach(this::use);
    this.nodes = new FrameNodes(nodes);
  }

  /**
   * A frame that is in use when the run starts.
   *
   * @param references all that keep it: mappings, the page cache's, pins
   * @param mappings entries that map it
   * @param file the file whose page cache holds it, −1 for none
   * @param filePage which page of the file
   */
  public record InUse(FrameState state, int order, int file, long filePage) {
    /** A frame outside any file's page cache. */
    public InUse(FrameState state) {
      this(state, 0, -1, 0);
    }
  }

  /** A frame table in which frames 1 to {@code firstPfn} − 1 are anonymous and mapped once. */
  public static Behavior<Command> create(long firstPfn, Ctx<Command> ctx) {
    return create(firstPfn, List.of(), ctx);
  }

  /** The same, but for the frames of {@code special}, which are below {@code firstPfn} as well. */
  public static Behavior<Command> create(
      long firstPfn, List<InUse> special, Ctx<Command> ctx) {
    return create(FrameNodesSpec.one(firstPfn), special, ctx);
  }

  /**
   * The same for several memory nodes; those behind the first have no frames in use but
   * {@code special}.
   */
  public static Behavior<Command> create(
      FrameNodesSpec nodes, List<InUse> special, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new FrameTable(context, nodes, special, ctx));
  }

  private void use(InUse frame) {
    FrameState state = frame.state();
    Frame made =
        new Frame(state.kind(), frame.order(), state.references(), state.mappings());
    made.dirty(state.dirty());
    used.put(state.pfn(), made);
    for (long pfn = state.pfn() + 1; pfn < state.pfn() + (1L << frame.order()); pfn++) {
      used.remove(pfn);
    }
    if (frame.file() >= 0) {
      cache.put(new CachePage(frame.file(), frame.filePage()), state.pfn());
    }
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
        .onMessage(Freed.class, this::onFreed)
        .build();
  }

  private Behavior<Command> onFreed(Freed freed) {
    if (!freed.pfns().isEmpty()) {
      ctx.mark(new MachineFact.FramesFreed(freed.by().call().operation(), freed.pfns()));
    }
    long arrivedPs = freed.by().arrivedPs();
    answer(freed.by().call(), new KernelCall.Ok(), arrivedPs, arrivedPs);
    return this;
  }

  @Override
  public void on(KernelCall.Call call) {
    if (call.request() instanceof KernelCall.Allocate allocate) {
      List<Long> pfns = allocate(allocate, call.cpu());
      answer(call, new KernelCall.Frames(pfns));
    } else if (call.request() instanceof KernelCall.MapCached wanted) {
      answer(call, new KernelCall.Frames(List.of(mapCached(wanted, call.cpu()))));
    } else if (call.request() instanceof KernelCall.Free free) {
      finish(call, free.pfns().size() * free.stepPs(), putAll(free, call.operation()));
    } else if (call.request() instanceof KernelCall.DropCached drop) {
      finish(call, drop.pfns().size() * drop.stepPs(), dropCached(drop, call.operation()));
    } else if (call.request() instanceof KernelCall.Inspect inspect) {
      answer(
          call, new KernelCall.FrameStates(inspect.pfns().stream().map(this::state).toList()));
    } else if (call.request() instanceof KernelCall.TryGet wanted) {
      List<Long> inUse = wanted.pfns().stream()
          .filter(pfn -> used.containsKey(pfn) && used.get(pfn).isCounted()).toList();
      serve(new KernelCall.Get(inUse), call.operation());
      answer(call, new KernelCall.Frames(inUse));
    } else if (call.request() instanceof KernelCall.LockFolio wanted) {
      lockFolio(call, wanted.pfn());
    } else if (call.request() instanceof KernelCall.LockLru) {
      Waiting waiting = new Waiting(call, ctx.nowPs());
      if (lruLock.take(waiting, true)) {
        admitToLists(waiting);
      }
    } else {
      serve(call.request(), call.operation());
      answer(call, new KernelCall.Ok());
    }
  }

  @Override
  public void on(KernelCall.Post post) {
    serve(post.request(), post.operation());
  }

  private void serve(KernelCall.Request request, long operation) {
    if (request instanceof KernelCall.Get get) {
      each(get.pfns(), operation, "took a reference to", Frame::get);
    } else if (request instanceof KernelCall.MapFrames map) {
      each(map.pfns(), operation, "mapped", frame -> {
        frame.map();
        if (map.get()) {
          frame.get();
        }
      });
    } else if (request instanceof KernelCall.UnmapFrames unmap) {
      unmap.pfns().forEach(pfn -> unmap(pfn, operation));
    } else if (request instanceof KernelCall.DirtyFrames dirty) {
      each(dirty.pfns(), operation, "dirtied", frame -> frame.dirty(true));
    } else if (request instanceof KernelCall.CleanFrames clean) {
      clean(clean, operation);
    } else if (request instanceof KernelCall.ShareFrames share) {
      each(share.pfns(), operation, "shared", frame -> frame.share(share.why()));
      ctx.mark(new MachineFact.FramesShared(operation, share.why(), share.pfns()));
    } else if (request instanceof KernelCall.UnshareFrames unshare) {
      unshare(unshare.pfns(), operation);
    } else if (request instanceof KernelCall.SplitFrame split) {
      split(split.pfn());
    } else if (request instanceof KernelCall.UnlockFolio unlock) {
      unlockFolio(unlock.pfn(), operation);
    } else if (request instanceof KernelCall.UnlockLru) {
      unlockLists(operation);
    } else {
      refuse(request);
    }
  }

  private void clean(KernelCall.CleanFrames clean, long operation) {
    List<Long> pfns = clean.pfns();
    if (clean.why() == MachineFact.Clean.DISCARDABLE) {
      // whoever marks them holds no reference: they may be written, reclaimed or gone meanwhile
      pfns = pfns.stream()
          .filter(pfn -> used.get(pfn) != null && !used.get(pfn).state(pfn).dirty()).toList();
    }
    each(pfns, operation, "cleaned", frame -> frame.dirty(false));
    if (!pfns.isEmpty()) {
      ctx.mark(new MachineFact.FramesCleaned(operation, clean.why(), pfns));
    }
  }

  private List<Long> allocate(KernelCall.Allocate allocate, int cpu) {
    List<Long> pfns = new ArrayList<>();
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < allocate.count(); i++) {
      long frames = 1L << allocate.order();
      long pfn = nodes.take(cpu, frames);
      int mappings = allocate.mapped() ? 1 : 0;
      used.put(pfn, new Frame(allocate.kind(), allocate.order(), 1, mappings));
      pfns.add(pfn);
      for (long each = pfn; each < pfn + frames; each++) {
        all.add(each);
      }
    }
    ctx.mark(new MachineFact.FramesAllocated(all));
    return pfns;
  }

  private long mapCached(KernelCall.MapCached wanted, int cpu) {
    CachePage page = new CachePage(wanted.file(), wanted.filePage());
    Long pfn = cache.get(page);
    if (pfn == null) {
      pfn = allocate(new KernelCall.Allocate(1, FrameKind.FILE, false, 0), cpu).get(0);
      cache.put(page, pfn);
    }
    used.get(pfn).get();
    used.get(pfn).map();
    return pfn;
  }

  /** Gives references back; returns the frames that are free now. */
  private List<Long> putAll(KernelCall.Free free, long operation) {
    List<Long> gone = new ArrayList<>();
    for (long pfn : free.pfns()) {
      Frame frame = used.get(pfn);
      if (frame == null || !frame.put()) {
        breach("frame " + pfn + " was freed twice, the second time by operation " + operation);
        continue;
      }
      if (free.unmaps()) {
        unmap(pfn, operation);
      }
      if (frame.isUnreferenced()) {
        remove(pfn, frame, operation, gone);
      }
    }
    return gone;
  }

  private List<Long> dropCached(KernelCall.DropCached drop, long operation) {
    List<Long> gone = new ArrayList<>();
    for (long pfn : drop.pfns()) {
      Frame frame = used.get(pfn);
      if (frame == null || !frame.leaveCache()) {
        breach("operation " + operation + " dropped frame " + pfn + ", which no cache holds");
        continue;
      }
      cache.values().removeIf(cached -> cached == pfn);
      frame.put();
      if (frame.isUnreferenced() || frame.kind() == FrameKind.PFN_MAPPED) {
        remove(pfn, frame, operation, gone);
      }
    }
    return gone;
  }

  private void remove(long pfn, Frame frame, long operation, List<Long> gone) {
    if (frame.isCounted() && frame.mappings() > 0) {
      breach("operation " + operation + " freed frame " + pfn + ", which is still mapped "
          + frame.mappings() + " times");
    }
    if (frame.isCounted()) {
      used.remove(pfn); // of others, somebody may yet give back what was never counted
    }
    for (long each = pfn; each < pfn + (1L << frame.order()); each++) {
      gone.add(each);
    }
  }

  private void finish(KernelCall.Call call, long durationPs, List<Long> gone) {
    ctx.after(durationPs, new Freed(new Waiting(call, ctx.nowPs()), gone));
  }

  private void unmap(long pfn, long operation) {
    Frame frame = used.get(pfn);
    if (frame == null || !frame.unmap()) {
      breach("operation " + operation + " unmapped frame " + pfn + ", which was not mapped");
    }
  }

  private void unshare(List<Long> pfns, long operation) {
    List<Long> exclusive = new ArrayList<>();
    each(pfns, operation, "took over", frame -> { });
    for (long pfn : pfns) {
      Frame frame = used.get(pfn);
      if (frame != null && frame.unshare()) {
        exclusive.add(pfn);
      }
    }
    if (!exclusive.isEmpty()) {
      ctx.mark(new MachineFact.FramesExclusive(operation, exclusive));
    }
  }

  /** 512 frames take the place of one, should it still be whole. */
  private void split(long pfn) {
    Frame whole = used.get(pfn);
    if (whole != null && whole.order() > 0) {
      for (long each = pfn; each < pfn + (1L << whole.order()); each++) {
        used.put(each, whole.part());
      }
    }
  }

  private void each(List<Long> pfns, long operation, String did, Consumer<Frame> what) {
    for (long pfn : pfns) {
      Frame frame = used.get(pfn);
      if (frame == null) {
        breach("operation " + operation + " " + did + " frame " + pfn + ", which is free");
      } else {
        what.accept(frame);
      }
    }
  }

  private FrameState state(long pfn) {
    Frame frame = used.get(pfn);
    return frame == null || frame.isGone()
        ? new FrameState(pfn, FrameKind.ANON, 0, 0, false) : frame.state(pfn);
  }

  private void lockFolio(KernelCall.Call call, long pfn) {
    Waiting waiting = new Waiting(call, ctx.nowPs());
    LockQueue<Waiting> lock = folioLocks.computeIfAbsent(pfn, key -> new LockQueue<>());
    if (lock.take(waiting, true)) {
      admitToFolio(waiting);
    }
  }

  private void admitToFolio(Waiting waiting) {
    long pfn = ((KernelCall.LockFolio) waiting.call().request()).pfn();
    ctx.mark(
        new MachineFact.LockTaken(
            waiting.call().operation(), folio(pfn), waiting.arrivedPs()));
    answer(waiting.call(), new KernelCall.Ok(), waiting.arrivedPs(), ctx.nowPs());
  }

  private void unlockFolio(long pfn, long operation) {
    LockQueue<Waiting> lock = folioLocks.get(pfn);
    if (lock == null || !lock.isHeld(true)) {
      breach("operation " + operation + " unlocked " + folio(pfn) + ", which was not locked");
      return;
    }
    ctx.mark(new MachineFact.LockDropped(operation, folio(pfn)));
    lock.give(true, this::admitToFolio);
    if (lock.isIdle()) {
      folioLocks.remove(pfn);
    }
  }

  private void admitToLists(Waiting waiting) {
    long operation = waiting.call().operation();
    ctx.mark(new MachineFact.LockTaken(operation, LISTS, waiting.arrivedPs()));
    answer(waiting.call(), new KernelCall.Ok(), waiting.arrivedPs(), ctx.nowPs());
  }

  private void unlockLists(long operation) {
    if (!lruLock.isHeld(true)) {
      breach("operation " + operation + " unlocked " + LISTS + ", which was not locked");
      return;
    }
    ctx.mark(new MachineFact.LockDropped(operation, LISTS));
    lruLock.give(true, this::admitToLists);
  }

  private static String folio(long pfn) {
    return "folio " + pfn;
  }
}
