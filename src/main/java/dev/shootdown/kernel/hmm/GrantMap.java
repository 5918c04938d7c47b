package dev.shootdown.kernel.hmm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A map of another domain's pages (Linux, drivers/xen/gntdev.c): a subscriber that never refills.
 *
 * <ol>
 *   <li>It maps its area once, at the beginning.
 *   <li>A start callback that may not sleep is refused, with nothing changed. One that may unmaps
 *       the range in the hypervisor and waits for that, as gntdev did until 2022.
 *   <li>What is unmapped stays so. An access to it is refused for good (SIGBUS); nobody tries
 *       again, so there is no retry protocol and nothing that could fail to make progress.
 * </ol>
 *
 * <p>Can: the notifier contract and its cost. Can't: the other domain, grant references by number,
 * the unmapping since 2022 (gnttab_unmap_refs_async: behind the start callback's back, when the
 * last reference is gone), mapping again on request.
 *
 * <p>Ports: {@code cpus} and {@code tables} by number.
 */
public final class GrantMap extends AbstractBehavior<GrantMap.Command>
    implements KernelCall.KernelSide, PageWalk.WalkerSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from a CPU in a notifier bracket. */
  public record Called(KernelCall.ToKernel body) implements Command {}

  /** Off the wire, from the process's page table. */
  public record TableAnswered(PageWalk.ToWalker body) implements Command {}

  /** To itself: the map is made. */
  private record Made() implements Command {}

  /** To itself: access number {@code done} of a use is due. */
  private record Due(int use, int done) implements Command {}

  /** To itself: the hypervisor has unmapped what a start callback named. */
  private record Unmapped(KernelCall.Call call, long arrivedPs) implements Command {}

  private final GrantMapSpec spec;
  private final GrantMapLayout layout;
  private final List<GrantUse> uses;
  private final Ctx<Command> ctx;
  private final Ports<KernelCall.ToCpu> cpus;
  private final Ports<PageWalk.ToTable> tables;
  private final NavigableMap<Long, PageWalk.Entry> mapped = new TreeMap<>();
  private final TreeSet<Long> revoked = new TreeSet<>();
  private final TreeSet<Long> asked = new TreeSet<>();
  private long refusals;

  private GrantMap(
      ActorContext<Command> context, GrantMapSpec spec, GrantMapLayout layout,
      List<GrantUse> uses, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.layout = layout;
    this.uses = List.copyOf(uses);
    this.ctx = ctx;
    this.cpus = ctx.ports("cpus", KernelCall.ToCpu.class);
    this.tables = ctx.ports("tables", PageWalk.ToTable.class);
    ctx.after(0, new Made());
    for (int use = 0; use < uses.size(); use++) {
      ctx.after(uses.get(use).atPs(), new Due(use, 0));
    }
  }

  /** A map that is about to be made. */
  public static Behavior<Command> create(
      GrantMapSpec spec, GrantMapLayout layout, List<GrantUse> uses, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new GrantMap(context, spec, layout, uses, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Called.class, called -> does(() -> called.body().deliverTo(this)))
        .onMessage(TableAnswered.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(Made.class, made -> does(this::readAll))
        .onMessage(Due.class, due -> does(() -> access(due)))
        .onMessage(Unmapped.class, unmapped -> does(() -> unmap(unmapped)))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  private void readAll() {
    PageRange range = layout.range();
    for (long page = range.firstPage(); page < range.endPage(); page++) {
      asked.add(page);
      ctx.send(
          tables.at(layout.mm()),
          new PageWalk.Walk(layout.walkerNumber(), page, layout.mm(), page, false));
    }
  }

  @Override
  public void on(PageWalk.Entry entry) {
    long page = entry.tag();
    if (!asked.remove(page)) {
      ctx.mark(new MachineFact.ProtocolBreach("a page table answered a walk that is not open"));
    } else if (revoked.contains(page)) {
      ctx.mark(new MachineFact.FillDiscarded(layout.mm(), page));
    } else if (entry.isPresent()) {
      mapped.put(page, entry);
      ctx.mark(
          new MachineFact.Filled(
              layout.mm(), page, pfn(page, entry), entry.writable(), entry.readAtPs()));
    }
  }

  private static long pfn(long page, PageWalk.Entry entry) {
    return entry.pfn() + page - entry.page();
  }

  private void access(Due due) {
    GrantUse use = uses.get(due.use());
    PageWalk.Entry entry = mapped.get(use.page());
    if (entry != null && (entry.writable() || !use.write())) {
      ctx.mark(
          new MachineFact.Used(
              layout.mm(), use.page(), pfn(use.page(), entry), use.write(), -1));
    } else {
      ctx.mark(
          new MachineFact.FaultRaised(refusals, layout.mm(), use.page(), use.write()));
      ctx.mark(new MachineFact.Denied(layout.mm(), use.page(), use.write()));
      ctx.mark(
          new MachineFact.FaultResolved(refusals++, MachineFact.Resolution.REFUSED));
    }
    if (due.done() + 1 < use.count()) {
      ctx.after(use.everyPs(), new Due(due.use(), due.done() + 1));
    }
  }

  @Override
  public void on(KernelCall.Call call) {
    if (call.request() instanceof KernelCall.SubscriberStart start) {
      start(call, start);
    } else if (call.request() instanceof KernelCall.SubscriberEnd end) {
      ctx.mark(new MachineFact.SubscriberEnded(end.mm(), end.range()));
      answer(call, new KernelCall.Ok(), ctx.nowPs());
    } else if (call.request() instanceof KernelCall.ChangePte) {
      answer(call, new KernelCall.Ok(), ctx.nowPs()); // it has no such callback
    } else {
      refuse(call.request());
    }
  }

  private void start(KernelCall.Call call, KernelCall.SubscriberStart start) {
    if (!start.range().overlaps(layout.range())) {
      started(call, start, ctx.nowPs());
    } else if (!start.blockable()) {
      answer(call, new KernelCall.Again(), ctx.nowPs());
    } else {
      for (long page : pages(start.range())) {
        revoked.add(page);
      }
      long pages = in(start.range()).size();
      ctx.after(
          pages == 0 ? 0 : spec.hypercallPs() + pages * spec.unmapPs(),
          new Unmapped(call, ctx.nowPs()));
    }
  }

  private List<Long> pages(PageRange range) {
    long first = Math.max(range.firstPage(), layout.range().firstPage());
    long end = Math.min(range.endPage(), layout.range().endPage());
    return LongStream.range(first, end).boxed().toList();
  }

  private void unmap(Unmapped unmapped) {
    KernelCall.SubscriberStart start = (KernelCall.SubscriberStart) unmapped.call().request();
    if (!in(start.range()).isEmpty()) {
      in(start.range()).clear();
      ctx.mark(
          new MachineFact.Dropped(layout.mm(), start.range(), MachineFact.Cause.INVALIDATED));
    }
    started(unmapped.call(), start, unmapped.arrivedPs());
  }

  private NavigableMap<Long, PageWalk.Entry> in(PageRange range) {
    return mapped.subMap(range.firstPage(), true, range.endPage(), false);
  }

  private void started(
      KernelCall.Call call, KernelCall.SubscriberStart start, long arrivedPs) {
    ctx.mark(new MachineFact.SubscriberStarted(start.mm(), start.range()));
    answer(call, new KernelCall.Ok(), arrivedPs);
  }

  private void answer(KernelCall.Call call, KernelCall.Result result, long arrivedPs) {
    ctx.send(
        cpus.at(call.cpu()),
        new KernelCall.Reply(call.ticket(), result, arrivedPs, arrivedPs, ctx.nowPs()));
  }

  @Override
  public void on(KernelCall.Post post) {
    refuse(post.request());
  }

  /** It is never answered, so whoever waits for it hangs. */
  private void refuse(KernelCall.Request request) {
    ctx.mark(
        new MachineFact.ProtocolBreach(
            ctx.name() + " cannot serve " + request.getClass().getSimpleName()));
  }
}
