package dev.shootdown.hardware.accelerator;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.OpenCapi;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.translation.TranslationCache;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The host's end of an OpenCAPI link, where accesses of the accelerator behind it are translated
 * through the page tables of the processes (XSL and nest MMU of POWER9 and POWER10).
 *
 * <ol>
 *   <li>An access names a process element and a virtual address. A miss walks that process's
 *       table, and so does the first write through an entry that is not known to be dirty.
 *   <li>What the table doesn't allow is a fault. One is raised at a time, whatever element it is
 *       of; all others wait until the driver has acknowledged it.
 *   <li>After RESTART the access walks again, and may fault again. After ADDRESS_ERROR its job
 *       ends.
 *   <li>A shoot-down drops what it names, and so does a tlbie if the link snoops them. A walk that
 *       it overtakes is walked again. Through an element that it removes nothing is walked.
 * </ol>
 *
 * <p>Can: several process elements, their faults in a row, both ways of invalidation. Can't: the
 * messages between accelerator and host (an access takes {@code access} and is over), process
 * elements that are added or go away while their process lives, hashed page tables, translations
 * larger than 4 KiB, paging-structure caches.
 *
 * <p>Invariants: at most one fault is raised and not acknowledged; after the answer to a shoot-down
 * no access goes through a translation that it named.
 *
 * <p>Ports: {@code driver}; {@code tables} by address space; {@code dvm} of one member, or none.
 */
public final class CapiLink extends AbstractBehavior<CapiLink.Command>
    implements OpenCapi.LinkSide, PageWalk.WalkerSide, Broadcast.CpuSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from the driver. */
  public record DriverSaid(OpenCapi.ToLink body) implements Command {}

  /** Off the wire, from a page table. */
  public record TableAnswered(PageWalk.ToWalker body) implements Command {}

  /** Off the interconnect: a tlbie. */
  public record Snooped(Broadcast.ToCpu body) implements Command {}

  /** To itself: a job's next access is due. */
  private record Due(int job) implements Command {}

  /** To itself: a job's walk has come down to the leaf. */
  private record AtLeaf(int job) implements Command {}

  /** To itself: what a shoot-down named has been found. */
  private record Found(OpenCapi.ShootDown shootDown) implements Command {}

  /** To itself: what a tlbie named has been found. */
  private record FoundSnooped(Broadcast.Forget forget) implements Command {}

  private static final long NONE = -1;

  private static final class Progress {
    private final CapiJob job;
    private int done;
    private boolean walking;
    private boolean overtaken;
    private long fault = NONE;

    private Progress(CapiJob job) {
      this.job = job;
    }
  }

  private final CapiLinkSpec spec;
  private final CapiLinkLayout layout;
  private final Ctx<Command> ctx;
  private final Port<OpenCapi.ToDriver> driver;
  private final Ports<PageWalk.ToTable> tables;
  private final Ports<Broadcast.ToInterconnect> dvm;
  private final TranslationCache tlb;
  private final List<Progress> jobs;
  private final ArrayDeque<Integer> faulting = new ArrayDeque<>();
  private final TreeSet<Integer> removed = new TreeSet<>();
  private boolean raised;
  private long faults;

  private CapiLink(
      ActorContext<Command> context, CapiLinkSpec spec, CapiLinkLayout layout,
      List<CapiJob> jobs, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.driver = ctx.port("driver", OpenCapi.ToDriver.class);
    this.tables = ctx.ports("tables", PageWalk.ToTable.class);
    this.dvm = ctx.ports("dvm", Broadcast.ToInterconnect.class);
    this.tlb = new TranslationCache(spec.tlbEntries(), spec.tlbWays());
    this.jobs = jobs.stream().map(Progress::new).toList();
    for (int job = 0; job < jobs.size(); job++) {
      ctx.after(jobs.get(job).accesses().atPs(), new Due(job));
    }
  }

  /** A link that holds no translations, with these jobs behind it. */
  public static Behavior<Command> create(
      CapiLinkSpec spec, CapiLinkLayout layout, List<CapiJob> jobs, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new CapiLink(context, spec, layout, jobs, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(DriverSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(TableAnswered.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(Snooped.class, snooped -> does(() -> snooped.body().deliverTo(this)))
        .onMessage(Due.class, due -> does(() -> access(due.job())))
        .onMessage(AtLeaf.class, at -> does(() -> readLeaf(at.job())))
        .onMessage(Found.class, found -> does(() -> shootDown(found.shootDown())))
        .onMessage(FoundSnooped.class, found -> does(() -> forget(found.forget())))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  private void access(int number) {
    Progress at = jobs.get(number);
    GpuJob wanted = at.job.accesses();
    Optional<TranslationCache.Entry> hit =
        tlb.lookup(at.job.mm(), wanted.page())
            .filter(entry -> !wanted.write() || entry.writable() && entry.dirty());
    if (hit.isEmpty()) {
      ctx.after(spec.walkPs(), new AtLeaf(number));
      return;
    }
    if (at.fault != NONE) {
      ctx.mark(
          new MachineFact.FaultResolved(at.fault, MachineFact.Resolution.SERVED));
      at.fault = NONE;
    }
    ctx.mark(
        new MachineFact.Used(
            at.job.mm(), wanted.page(), hit.get().pfn(), wanted.write(), -1));
    at.done++;
    if (at.done < wanted.count()) {
      ctx.after(Math.max(spec.accessPs(), wanted.everyPs()), new Due(number));
    }
  }

  private void readLeaf(int number) {
    Progress at = jobs.get(number);
    if (removed.contains(at.job.mm())) {
      deny(at);
      return;
    }
    at.walking = true;
    at.overtaken = false;
    ctx.send(
        tables.at(at.job.mm()),
        new PageWalk.Walk(
            layout.walkerNumber(), number, at.job.mm(), at.job.accesses().page(),
            at.job.accesses().write()));
  }

  @Override
  public void on(PageWalk.Entry entry) {
    if (entry.tag() < 0 || entry.tag() >= jobs.size()
        || !jobs.get((int) entry.tag()).walking) {
      ctx.mark(new MachineFact.ProtocolBreach("an entry comes to who walked for it, once"));
      return;
    }
    int number = (int) entry.tag();
    Progress at = jobs.get(number);
    at.walking = false;
    if (at.overtaken && spec.dropRacingWalks()) {
      ctx.mark(new MachineFact.FillDiscarded(at.job.mm(), at.job.accesses().page()));
      readLeaf(number);
    } else if (entry.isPresent() && (entry.writable() || !at.job.accesses().write())) {
      fill(at, entry);
      access(number);
    } else {
      fault(number);
    }
  }

  private void fill(Progress at, PageWalk.Entry entry) {
    int mm = at.job.mm();
    long page = at.job.accesses().page();
    long pfn = entry.pfn() + page - entry.page();
    ctx.mark(new MachineFact.Filled(mm, page, pfn, entry.writable(), entry.readAtPs()));
    tlb.insert(
            new TranslationCache.Entry(
                mm, page, pfn, entry.writable(), entry.readAtPs(), entry.dirty(), 0))
        .ifPresent(
            gone ->
                ctx.mark(
                    new MachineFact.Dropped(
                        gone.mm(), PageRange.of(gone.page()), MachineFact.Cause.EVICTED)));
  }

  private void fault(int number) {
    Progress at = jobs.get(number);
    GpuJob wanted = at.job.accesses();
    if (at.fault == NONE) {
      at.fault = faults++;
      ctx.mark(
          new MachineFact.FaultRaised(
              at.fault, at.job.mm(), wanted.page(), wanted.write()));
    } else {
      ctx.mark(new MachineFact.FaultRetried(at.fault));
    }
    faulting.add(number);
    ctx.mark(new MachineFact.Occupied("faults", faulting.size(), 1));
    raise();
  }

  private void raise() {
    if (!raised && !faulting.isEmpty()) {
      raised = true;
      CapiJob job = jobs.get(faulting.peek()).job;
      ctx.send(
          driver,
          new OpenCapi.Faulted(
              job.context(), job.mm(), job.accesses().page(), job.accesses().write()));
    }
  }

  @Override
  public void on(OpenCapi.Acknowledged acknowledged) {
    if (!raised) {
      ctx.mark(new MachineFact.ProtocolBreach("a fault is acknowledged once it is raised"));
      return;
    }
    raised = false;
    int number = faulting.remove();
    ctx.mark(new MachineFact.Occupied("faults", faulting.size(), 1));
    if (acknowledged.restart()) {
      ctx.after(spec.walkPs(), new AtLeaf(number));
    } else {
      deny(jobs.get(number));
    }
    raise();
  }

  /** The job ends here. */
  private void deny(Progress at) {
    GpuJob wanted = at.job.accesses();
    ctx.mark(new MachineFact.Denied(at.job.mm(), wanted.page(), wanted.write()));
    if (at.fault != NONE) {
      ctx.mark(new MachineFact.FaultResolved(at.fault, MachineFact.Resolution.REFUSED));
      at.fault = NONE;
    }
  }

  @Override
  public void on(OpenCapi.ShootDown shootDown) {
    ctx.after(spec.shootDownPs(), new Found(shootDown));
  }

  private void shootDown(OpenCapi.ShootDown shootDown) {
    if (shootDown.removes()) {
      removed.add(shootDown.mm());
    }
    drop(shootDown.mm(), shootDown.range());
    ctx.send(driver, new OpenCapi.ShotDown(shootDown.number()));
  }

  @Override
  public void on(Broadcast.Forget forget) {
    ctx.after(spec.shootDownPs(), new FoundSnooped(forget));
  }

  private void forget(Broadcast.Forget forget) {
    Broadcast.What what = forget.what();
    if (what.mm() == Broadcast.EVERY_SPACE) {
      jobs.stream().mapToInt(at -> at.job.mm()).distinct()
          .forEach(mm -> drop(mm, what.range()));
    } else {
      drop(what.mm(), what.range());
    }
    ctx.send(dvm.at(0), new Broadcast.Forgotten(layout.snooperNumber(), forget.number()));
  }

  @Override
  public void on(Broadcast.Synced synced) {
    ctx.mark(new MachineFact.ProtocolBreach("who issues no tlbie waits for none"));
  }

  private void drop(int mm, PageRange range) {
    if (tlb.invalidate(mm, range) > 0) {
      ctx.mark(new MachineFact.Dropped(mm, range, MachineFact.Cause.INVALIDATED));
    }
    for (Progress at : jobs) {
      at.overtaken |=
          at.walking && at.job.mm() == mm && range.contains(at.job.accesses().page());
    }
  }
}
