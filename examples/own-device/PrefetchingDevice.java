package example;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.hardware.ats.AtsDeviceLayout;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A device that asks for translations before it needs them.
 *
 * <ol>
 *   <li>A transfer whose page is cached starts at once; any other asks the IOMMU for it, once for
 *       all that want it. Told that there is no such service, the device asks no more.
 *   <li>The answer is cached and lets the transfer start, and the pages behind are asked for too.
 *   <li>An invalidation drops matching entries after a while, and is answered when the transfers
 *       that used them are over. What was asked for before it arrived is not cached any more.
 * </ol>
 *
 * <p>Can: forget to drop what was prefetched and not used yet, a switch of its Spec. Can't: run out
 * of room or tags, ask software for a page (PRI), hold a large page as one entry.
 */
public final class PrefetchingDevice extends AbstractBehavior<PrefetchingDevice.Command>
    implements Ats.DeviceSide, Dma.DeviceSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from the IOMMU. */
  public record IommuSaid(Ats.ToDevice body) implements Command {}

  /** Off the wire, from memory. */
  public record MemoryAnswered(Dma.ToDevice body) implements Command {}

  /** To itself: transfer number {@code nth} of a job is due. */
  private record Due(DmaJob job, int nth) implements Command {}

  /** To itself: the time that an invalidation takes is over. */
  private record Swept(Ats.InvalidateRequest request) implements Command {}

  private record Where(int pasid, long page) {
    boolean isMeantBy(Ats.InvalidateRequest request) {
      return request.concerns(pasid) && request.range().contains(page);
    }
  }

  private record Held(long pfn, boolean writable, boolean isPrefetched) {}

  /** A translation request; without jobs that wait for it, it is a prefetch. */
  private record Ask(Where where, boolean forWrite, List<DmaJob> jobs, boolean isOvertaken) {}

  // Sorted, so that two runs go through them alike.
  private final TreeMap<Where, Held> cache =
      new TreeMap<>(Comparator.comparingInt(Where::pasid).thenComparingLong(Where::page));
  private final TreeMap<Long, Ask> asks = new TreeMap<>();
  private final TreeMap<Long, Where> transfers = new TreeMap<>();
  private final TreeMap<Integer, TreeSet<Long>> drains = new TreeMap<>();
  private final PrefetchingPart.Spec spec;
  private final AtsDeviceLayout layout;
  private final Ctx<Command> ctx;
  private final Port<Ats.ToIommu> iommu;
  private final Port<Dma.ToMemory> memory;
  private boolean isRefused;
  private long asked;
  private long begun;

  private PrefetchingDevice(ActorContext<Command> context, PrefetchingPart.Spec spec,
      AtsDeviceLayout layout, List<DmaJob> jobs, Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.iommu = ctx.port("iommu", Ats.ToIommu.class);
    this.memory = ctx.port("memory", Dma.ToMemory.class);
    jobs.forEach(job -> ctx.after(job.atPs() - ctx.nowPs(), new Due(job, 1)));
  }

  /** A device with nothing cached that will do {@code jobs}. */
  public static Behavior<Command> create(PrefetchingPart.Spec spec, AtsDeviceLayout layout,
      List<DmaJob> jobs, Ctx<Command> ctx) {
    return Behaviors.setup(
        context -> new PrefetchingDevice(context, spec, layout, jobs, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(IommuSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(MemoryAnswered.class, answer -> does(() -> answer.body().deliverTo(this)))
        .onMessage(Due.class, due -> does(() -> onDue(due.job(), due.nth())))
        .onMessage(Swept.class, swept -> does(() -> onSwept(swept.request())))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  private void onDue(DmaJob job, int nth) {
    if (nth < job.count()) {
      ctx.after(job.everyPs(), new Due(job, nth + 1));
    }
    Where where = new Where(job.pasid(), job.page());
    Held held = cache.get(where);
    if (held == null || (isWrite(job) && !held.writable())) {
      ask(where, List.of(job));
    } else {
      cache.put(where, new Held(held.pfn(), held.writable(), false));
      begin(job, held.pfn());
    }
  }

  private void onSwept(Ats.InvalidateRequest request) {
    for (Where where : new ArrayList<>(cache.keySet())) {
      if (where.isMeantBy(request)
          && (spec.sweepPrefetched() || !cache.get(where).isPrefetched())) {
        cache.remove(where);
        ctx.mark(new MachineFact.Dropped(
            where.pasid(), PageRange.of(where.page()), MachineFact.Cause.INVALIDATED));
      }
    }
    TreeSet<Long> before = new TreeSet<>();
    transfers.forEach((transfer, where) -> {
      if (where.isMeantBy(request)) {
        before.add(transfer);
      }
    });
    drains.put(request.itag(), before);
    answerDrained();
  }

  @Override
  public void on(Ats.TranslationCompletion completion) {
    Ask ask = asks.remove(completion.tag());
    if (ask == null) {
      ctx.mark(new MachineFact.ProtocolBreach("an IOMMU answered what nobody asked"));
      return;
    }
    Where where = ask.where();
    isRefused |= completion.status() == Ats.Status.UR;
    if (ask.isOvertaken() && !isRefused) {
      ctx.mark(new MachineFact.FillDiscarded(where.pasid(), where.page()));
      if (!ask.jobs().isEmpty()) {
        ask(where, ask.jobs());
      }
      return;
    }
    if (completion.isGranted() && (!ask.jobs().isEmpty() || !cache.containsKey(where))) {
      cache.put(
          where, new Held(completion.pfn(), completion.writable(), ask.jobs().isEmpty()));
      ctx.mark(new MachineFact.Filled(where.pasid(), where.page(), completion.pfn(),
          completion.writable(), completion.readAtPs()));
    }
    ask.jobs().forEach(job -> serve(job, completion));
  }

  @Override
  public void on(Ats.InvalidateRequest request) {
    ctx.mark(new MachineFact.InvalidationTaken(
        request.pasid(), request.range(), request.itag()));
    // The invalidation may have overtaken the answers to these on their way here.
    asks.replaceAll((tag, ask) -> new Ask(
        ask.where(), ask.forWrite(), ask.jobs(),
        ask.isOvertaken() || ask.where().isMeantBy(request)));
    ctx.after(spec.invalidationPs(), new Swept(request));
  }

  @Override
  public void on(Ats.PrgResponse response) {
    ctx.mark(new MachineFact.ProtocolBreach("an IOMMU answered a page request of nobody"));
  }

  @Override
  public void on(Ats.UntranslatedDone done) {
    ctx.mark(new MachineFact.ProtocolBreach("an IOMMU answered DMA that wasn't left to it"));
  }

  @Override
  public void on(Dma.Transferred transferred) {
    transfers.remove(transferred.tag());
    ctx.mark(new MachineFact.Drained(transferred.tag()));
    drains.values().forEach(open -> open.remove(transferred.tag()));
    answerDrained();
  }

  /** Asks for a translation, or waits for one that has been asked for already. */
  private void ask(Where where, List<DmaJob> jobs) {
    boolean forWrite = jobs.stream().anyMatch(PrefetchingDevice::isWrite);
    if (isRefused) {
      jobs.forEach(this::deny);
      return;
    }
    for (Ask open : asks.values()) {
      if (open.where().equals(where) && (open.forWrite() || !forWrite)) {
        open.jobs().addAll(jobs);
        return;
      }
    }
    long tag = asked++;
    asks.put(tag, new Ask(where, forWrite, new ArrayList<>(jobs), false));
    ctx.send(iommu, new Ats.TranslationRequest(
        layout.numberAtIommu(), tag, where.pasid(), where.page(), forWrite));
  }

  private void deny(DmaJob job) {
    ctx.mark(new MachineFact.Denied(job.pasid(), job.page(), isWrite(job)));
  }

  private void serve(DmaJob job, Ats.TranslationCompletion completion) {
    if (!completion.isGranted() || (isWrite(job) && !completion.writable())) {
      deny(job);
      return;
    }
    begin(job, completion.pfn());
    for (int i = 1; i <= spec.prefetchPages(); i++) {
      Where next = new Where(job.pasid(), job.page() + i);
      if (!cache.containsKey(next)) {
        ask(next, List.of());
      }
    }
  }

  private void begin(DmaJob job, long pfn) {
    long transfer = begun++;
    transfers.put(transfer, new Where(job.pasid(), job.page()));
    ctx.mark(new MachineFact.Used(job.pasid(), job.page(), pfn, isWrite(job), transfer));
    ctx.send(memory, new Dma.Transfer(layout.numberAtMemory(), transfer, pfn, isWrite(job),
        Math.toIntExact(job.sizeBytes())));
  }

  private void answerDrained() {
    for (int itag : new ArrayList<>(drains.keySet())) {
      if (drains.get(itag).isEmpty()) {
        drains.remove(itag);
        ctx.mark(new MachineFact.InvalidationDone(itag));
        ctx.send(iommu, new Ats.InvalidateCompletion(layout.numberAtIommu(), itag));
      }
    }
  }

  private static boolean isWrite(DmaJob job) {
    return job.access() == Access.WRITE;
  }
}
