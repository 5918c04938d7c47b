package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelWords.EntryKind;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The page table of one address space with its locks (PTL), one per 2 MiB group.
 *
 * <ol>
 *   <li>A run of steps is one visit: when its locks are granted, entry i changes (i + 1) steps
 *       later.
 *   <li>A walker takes no lock; it reads what stands there at that instant, also in mid-run. One
 *       that writes sets the dirty bit of a writable entry in the same go.
 *   <li>The locks are dropped at the end of the run, or later by {@code TableUnlock}, if the path
 *       flushes under them. A CPU that holds a lock runs its further visits under it.
 *   <li>A page-table page that was unhooked is still read by walkers that remember its number,
 *       until it is freed: at once, or when the software readers have left that are inside.
 * </ol>
 *
 * <p>Can't: levels above the PMD, accessed bits, huge pages other than 2 MiB, page-table pages
 * shared between address spaces.
 */
public final class PageTable extends Domain<PageTable.Command> implements PageWalk.TableSide {
  /** What a page table listens to. */
  public sealed interface Command {}

  /** A CPU calls. */
  public record Arrived(KernelCall.ToKernel body) implements Command {}

  /** A walker asks. */
  public record Walked(PageWalk.ToTable body) implements Command {}

  /** A run is over. */
  private record RunOver(long run) implements Command {}

  /** A run under way. */
  private record Run(Turn turn, RunLog log, long grantedPs) {}

  /** A caller and the locks that it needs besides those that it holds. */
  private record Turn(Waiting waiting, List<Long> groups, List<Long> missing) {}

  /**
   * A leaf entry.
   *
   * @param pfn its frame, −1 if it names none
   * @param kind what it is
   * @param flags sum of {@link #WRITABLE}, {@link #DIRTY}, {@link #SOFT_DIRTY}, {@link #USERFAULT}
   * @param order 0 for 4 KiB, 9 for 2 MiB, whose page and pfn are those of its start
   */
  public record Leaf(long pfn, EntryKind kind, int flags, int order) {
    /** It may be written. */
    public static final int WRITABLE = 1;

    /** It has been written. */
    public static final int DIRTY = 2;

    /** It has been written since clear_refs. */
    public static final int SOFT_DIRTY = 4;

    /** A write is userfaultfd's business. */
    public static final int USERFAULT = 8;

    /** No entry. */
    static final Leaf NONE = new Leaf(-1, EntryKind.NONE, 0, 0);

    private static final int WRITTEN = WRITABLE | DIRTY | SOFT_DIRTY;

    /** A mapped 4 KiB entry; a writable one has been written. */
    public Leaf(long pfn, boolean writable) {
      this(pfn, EntryKind.PRESENT, writable ? WRITTEN : 0, 0);
    }

    /** A writable entry that has been written. */
    static Leaf dirtied(long pfn) {
      return new Leaf(pfn, EntryKind.PRESENT, WRITTEN, 0);
    }

    /** A read-only, clean entry. */
    public static Leaf readOnly(long pfn) {
      return new Leaf(pfn, EntryKind.PRESENT, 0, 0);
    }

    /** A writable entry that has not been written. */
    public static Leaf clean(long pfn) {
      return new Leaf(pfn, EntryKind.PRESENT, WRITABLE, 0);
    }

    /** A writable 2 MiB entry that has been written. */
    public static Leaf huge(long pfn) {
      return new Leaf(pfn, EntryKind.PRESENT, WRITTEN, 9);
    }

    /** Whether the entry is empty. */
    public boolean isNone() {
      return pfn < 0;
    }

    /** Whether a walker can use it. */
    public boolean isPresent() {
      return pfn >= 0 && kind == EntryKind.PRESENT;
    }

    /** Whether it counts as a mapping of its frame; swap and migration entries don't. */
    public boolean isMapping() {
      return pfn >= 0 && kind != EntryKind.SWAP && kind != EntryKind.MIGRATION;
    }

    /** Whether it allows writing. */
    public boolean writable() {
      return (flags & WRITABLE) != 0;
    }

    /** Whether it has been written. */
    public boolean dirty() {
      return (flags & DIRTY) != 0;
    }

    /** Whether it has been written since clear_refs. */
    public boolean softDirty() {
      return (flags & SOFT_DIRTY) != 0;
    }

    /** Whether a write is userfaultfd's business. */
    public boolean userfault() {
      return (flags & USERFAULT) != 0;
    }

    /** The same with these flags. */
    public Leaf with(int more) {
      return new Leaf(pfn, kind, flags | more, order);
    }

    /** The same without these flags. */
    public Leaf without(int less) {
      return new Leaf(pfn, kind, flags & ~less, order);
    }

    /** The same as another kind of entry. */
    public Leaf as(EntryKind other) {
      return new Leaf(pfn, other, flags, order);
    }

    Leaf at(long otherPfn) {
      return new Leaf(otherPfn, kind, flags, order);
    }

    /** The 4 KiB entry for one page of a 2 MiB entry. */
    Leaf part(long index) {
      return new Leaf(pfn + index, EntryKind.PRESENT, flags, 0);
    }
  }

  private final int mm;
  private final Tables tables;
  private final TableLocks<Turn> locks = new TableLocks<>();
  private final Ports<PageWalk.ToWalker> walkers;
  private final TreeMap<Long, Run> runs = new TreeMap<>();
  private final TableReaders readers = new TableReaders();
  private long runsBegun;

  private PageTable(ActorContext<Command> context, int mm, Tables tables, Ctx<Command> ctx) {
    super(context, ctx);
    this.mm = mm;
    this.tables = tables;
    this.walkers = ctx.ports("walkers", PageWalk.ToWalker.class);
  }

  /**
   * The table of address space {@code mm} with these entries. Its page-table pages have no numbers,
   * so that no walker remembers one.
   */
  public static Behavior<Command> create(int mm, Map<Long, Leaf> leaves, Ctx<Command> ctx) {
    return create(mm, leaves, -1, ctx);
  }

  /**
   * The same with page-table pages that walkers can remember.
   *
   * @param firstTable number of the first page-table page; the others follow. Numbers of different
   *     address spaces should not meet
   */
  public static Behavior<Command> create(
      int mm, Map<Long, Leaf> leaves, long firstTable, Ctx<Command> ctx) {
    return Behaviors.setup(
        context -> new PageTable(context, mm, new Tables(leaves, firstTable), ctx));
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
    Run run = runs.remove(over.run());
    Turn turn = run.turn();
    KernelCall.Call call = turn.waiting().call();
    answer(call, run.log().finish(), turn.waiting().arrivedPs(), run.grantedPs());
    if (!run.log().visit().keepLock() && !turn.missing().isEmpty()) {
      dropped(call.operation());
      locks.give(turn.missing(), this::grant);
    }
    return this;
  }

  @Override
  public void on(PageWalk.Walk walk) {
    long nowPs = ctx.nowPs();
    if (walk.table() >= 0) {
      ctx.mark(new MachineFact.TableRead(walk.mm(), walk.page(), walk.table()));
    }
    Tables.Found found = tables.walk(walk.page(), walk.table(), nowPs);
    Leaf leaf = found.leaf();
    boolean huge = leaf.order() > 0;
    long page = huge ? walk.page() / TablePage.ENTRIES * TablePage.ENTRIES : walk.page();
    if (walk.forWrite() && leaf.isPresent() && found.slot().write(nowPs)) {
      ctx.mark(new MachineFact.PteDirtied(mm, page, leaf.pfn()));
      leaf = leaf.with(Leaf.DIRTY);
    }
    ctx.send(
        walkers.at(walk.walker()),
        leaf.isPresent()
            ? new PageWalk.Entry(
                walk.tag(), walk.mm(), page, leaf.pfn(), leaf.writable(), nowPs, leaf.dirty(),
                leaf.order(), found.table())
            : new PageWalk.Entry(
                walk.tag(), walk.mm(), walk.page(), -1, false, nowPs, false, 0, found.table()));
  }

  @Override
  public void on(KernelCall.Call call) {
    if (call.request() instanceof KernelCall.TableVisit visit) {
      queue(call, groups(visit));
    } else if (call.request() instanceof KernelCall.TableLock wanted) {
      TreeSet<Long> groups = new TreeSet<>(all(wanted.range()));
      groups.addAll(all(wanted.to()));
      queue(call, List.copyOf(groups));
    } else if (call.request() instanceof KernelCall.TableFree free) {
      free(free, call.operation());
      answer(call, new KernelCall.Ok());
    } else if (call.request() instanceof KernelCall.ReadTable read) {
      answer(call, read(read, call.cpu()));
    } else {
      refuse(call.request());
    }
  }

  @Override
  public void on(KernelCall.Post post) {
    if (post.request() instanceof KernelCall.TableUnlock) {
      unlock(post);
    } else if (post.request() instanceof KernelCall.TableFree free) {
      free(free, post.operation());
    } else if (post.request() instanceof KernelCall.LeaveTables) {
      readers.leave(post.cpu(), owed -> free(owed.tables(), owed.operation()));
    } else {
      refuse(post.request());
    }
  }

  private KernelCall.Visited read(KernelCall.ReadTable read, int cpu) {
    if (read.guarded()) {
      readers.enter(cpu);
    }
    if (read.table() >= 0) {
      ctx.mark(new MachineFact.TableRead(mm, read.range().firstPage(), read.table()));
    }
    return tables.read(read.range(), read.table(), ctx.nowPs());
  }

  private void unlock(KernelCall.Post post) {
    int times = locks.keptTimes(post.cpu());
    if (times == 0) {
      breach("operation " + post.operation() + " unlocked a page table that it had not locked");
      return;
    }
    for (int i = 0; i < times; i++) {
      dropped(post.operation());
    }
    locks.giveAll(post.cpu(), this::grant);
  }

  private void free(KernelCall.TableFree free, long operation) {
    if (!free.afterReaders() || !readers.defer(operation, free.tables())) {
      free(free.tables(), operation);
    }
  }

  private void free(List<Long> numbers, long operation) {
    for (long number : numbers) {
      TablePage table = tables.byNumber(number);
      if (table == null || table.isHooked()) {
        breach("operation " + operation + " freed page-table page " + number
            + (table == null ? " twice" : " while it was in use"));
      } else {
        tables.free(number);
        PageRange range =
            new PageRange(table.group() * TablePage.ENTRIES, TablePage.ENTRIES);
        ctx.mark(new MachineFact.TableFreed(operation, mm, range, number));
      }
    }
  }

  private void queue(KernelCall.Call call, List<Long> groups) {
    List<Long> missing = locks.missing(call.cpu(), groups);
    locks.take(new Turn(new Waiting(call, ctx.nowPs()), groups, missing), missing, this::grant);
  }

  private void grant(Turn turn) {
    KernelCall.Call call = turn.waiting().call();
    if (!turn.missing().isEmpty()) {
      taken(turn.waiting());
    }
    if (!(call.request() instanceof KernelCall.TableVisit visit)) {
      keep(turn);
      answer(call, new KernelCall.Ok(), turn.waiting().arrivedPs(), ctx.nowPs());
      return;
    }
    if (visit.keepLock()) {
      keep(turn);
    }
    RunLog log = new RunLog(mm, ctx.nowPs(), visit, ctx::mark);
    run(turn.groups(), log);
    log.stateChanges();
    runs.put(++runsBegun, new Run(turn, log, ctx.nowPs()));
    ctx.after(log.durationPs(), new RunOver(runsBegun));
  }

  private void keep(Turn turn) {
    if (!turn.missing().isEmpty()) {
      locks.keep(turn.waiting().call().cpu(), turn.missing());
    }
  }

  private void run(List<Long> groups, RunLog log) {
    if (PmdRun.serves(log.visit().visit())) {
      PmdRun pmds = new PmdRun(tables, log);
      groups.forEach(pmds::carryOut);
    } else {
      LeafRun leaves = new LeafRun(tables, log);
      groups.forEach(leaves::carryOut);
    }
  }

  /** The groups whose locks a visit needs: one, or of a longer range those with a table. */
  private List<Long> groups(KernelCall.TableVisit visit) {
    long first = Tables.group(visit.range().firstPage());
    boolean stores = !visit.pfns().isEmpty();
    if (visit.to().pages() == 0 && visit.range().pages() > 0
        && Tables.group(visit.range().endPage() - 1) == first) {
      return List.of(first);
    }
    TreeSet<Long> groups =
        new TreeSet<>(stores ? all(visit.range()) : tables.groups(visit.range()));
    groups.addAll(all(visit.to()));
    if (groups.isEmpty()) {
      groups.add(first); // a lock that is to be kept has to be one
    }
    return List.copyOf(groups);
  }

  private static List<Long> all(PageRange range) {
    TreeSet<Long> groups = new TreeSet<>();
    for (long group = Tables.group(range.firstPage());
        group * TablePage.ENTRIES < range.endPage(); group++) {
      groups.add(group);
    }
    return List.copyOf(groups);
  }
}
