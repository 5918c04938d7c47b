package dev.shootdown.hardware.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.translation.TranslationCache;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The half of an IOMMU that translates: caches, walkers, and the entries of devices and PASIDs. */
final class Translator {
  /** Whoever wanted a translation. */
  interface Client {
    /** Here it is. */
    void translated(Wanted wanted, Answer answer);
  }

  /**
   * What was found out.
   *
   * @param pfn frame number, −1 for none
   */
  record Answer(long pfn, boolean writable, long readAtPs, int order, Ats.Status status) {
    /** Whether {@code wanted} may happen. */
    boolean allows(Wanted wanted) {
      return pfn >= 0 && (writable || !wanted.write());
    }
  }

  private static final long DENIED = -1;

  private final IommuSpec spec;
  private final IommuLayout layout;
  private final Ctx<Iommu.Command> ctx;
  private final Ports<PageWalk.ToTable> ports;
  private final Client client;
  private final Translations translations;
  private final Walks walks;
  private final Optional<SecondStage> second;
  private final Set<Integer> devicesOff = new TreeSet<>();
  private final Set<Integer> pasidsOff = new TreeSet<>();
  private final Map<Integer, Integer> given = new TreeMap<>();

  Translator(IommuSpec spec, IommuLayout layout, Optional<Nesting> nesting,
      Ctx<Iommu.Command> ctx, Client client) {
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.ports = ctx.ports("tables", PageWalk.ToTable.class);
    this.client = client;
    this.translations = new Translations(spec, ctx);
    this.walks = new Walks(spec.walkers());
    this.second = nesting.map(behind -> new SecondStage(behind, spec.walkers(), ctx));
  }

  /** Software lets the device ask, or no longer. */
  void device(int device, boolean enabled) {
    set(devicesOff, device, !enabled);
  }

  /** Software attached a PASID to a page table, or to an empty one. */
  void pasid(Invalidation.PasidEntry entry) {
    set(pasidsOff, entry.pasid(), !entry.attached());
    if (!entry.attached()) {
      walks.overtake(entry.pasid(), PageRange.ALL);
    } else if (entry.mm() != entry.pasid()) {
      given.put(entry.pasid(), entry.mm());
    }
  }

  /** The address space that the PASID's entry names. */
  private int mm(int pasid) {
    return given.getOrDefault(pasid, pasid);
  }

  private static void set(Set<Integer> members, int member, boolean present) {
    if (present) {
      members.add(member);
    } else {
      members.remove(member);
    }
  }

  /** Looks {@code wanted} up, walks if need be, and answers now or later. */
  void translate(Wanted wanted) {
    if (devicesOff.contains(wanted.device())) {
      answer(wanted, DENIED, Ats.Status.UR);
      return;
    }
    if (layout.tableOf(mm(wanted.pasid())) < 0 || pasidsOff.contains(wanted.pasid())
        || translations.isAbsent(wanted.pasid(), wanted.page())) {
      answer(wanted, DENIED, Ats.Status.SC);
      return;
    }
    Optional<TranslationCache.Entry> hit = translations.lookup(wanted.pasid(), wanted.page());
    boolean usable = hit.isPresent()
        && (hit.get().writable() || !wanted.write() || !spec.rewalkOnPermissionMiss());
    if (usable) {
      answer(wanted, hit.get());
    } else if (walks.isFull()) {
      walks.await(wanted);
    } else {
      begin(walks.start(wanted));
    }
  }

  /** The walk has come to the leaf. */
  void leafReached(int walker) {
    Wanted wanted = walks.read(walker);
    int mm = mm(wanted.pasid());
    ctx.send(ports.at(layout.tableOf(mm)), new PageWalk.Walk(layout.walkerNumber(),
        walker, mm, wanted.page(), wanted.write() && spec.dirtyWriteBack(),
        walks.table(walker)));
  }

  /** The leaf entry came. */
  void on(PageWalk.Entry entry) {
    if (!walks.isReading(entry.tag())
        || second.isPresent() && second.get().isOnItsWay((int) entry.tag())) {
      ctx.mark(new MachineFact.ProtocolBreach("a page table answered a walk that is not open"));
      return;
    }
    int walker = (int) entry.tag();
    if (!isWanted(walker, entry)) {
      ctx.mark(new MachineFact.ProtocolBreach("a page table answers with the entry walked for"));
      return;
    }
    if (walks.isOvertaken(walker) && spec.dropRacingWalks()) {
      Wanted overtaken = walks.wanted(walker);
      ctx.mark(new MachineFact.FillDiscarded(overtaken.pasid(), overtaken.page()));
      second.ifPresent(stage -> stage.leave(walker));
      begin(walker);
    } else if (entry.isPresent() && second.isPresent() && !second.get().isAt(walker)) {
      goOn(second.get(), walker, entry);
    } else {
      finish(walker, entry, false);
    }
  }

  private boolean isWanted(int walker, PageWalk.Entry entry) {
    if (second.isPresent() && second.get().isAt(walker)) {
      SecondStage stage = second.get();
      return entry.isOf(stage.nesting().space(), stage.gfn(walker));
    }
    Wanted wanted = walks.wanted(walker);
    return entry.isOf(mm(wanted.pasid()), wanted.page());
  }

  /** The first stage's leaf came; on to the second stage. */
  private void goOn(SecondStage stage, int walker, PageWalk.Entry leaf) {
    Wanted wanted = walks.wanted(walker);
    stage.begin(walker, leaf, wanted.page());
    Optional<PageWalk.Entry> known = stage.known(walker, wanted.write());
    if (known.isPresent()) {
      finish(walker, known.get(), true);
    } else {
      ctx.after(stage.spec().toStageTwoLeafPs(), new Iommu.SecondLeafReached(walker));
    }
  }

  /** The walk has come to the second stage's leaf. */
  void secondLeafReached(int walker) {
    SecondStage stage = second.orElseThrow();
    Nesting behind = stage.nesting();
    stage.read(walker);
    boolean forWrite = walks.wanted(walker).write() && spec.dirtyWriteBack();
    ctx.send(ports.at(layout.tableOf(behind.space())), new PageWalk.Walk(
        behind.walkerNumber(), walker, behind.space(), stage.gfn(walker), forWrite));
  }

  /**
   * The last entry of the walk is there.
   *
   * @param known whether it had been kept from an earlier walk
   */
  private void finish(int walker, PageWalk.Entry entry, boolean known) {
    Wanted wanted = walks.answered(walker);
    PageWalk.Entry first = second.map(stage -> stage.leave(walker)).orElse(null);
    if (pasidsOff.contains(wanted.pasid())) {
      answer(wanted, DENIED, Ats.Status.SC);
    } else if (first != null) {
      take(wanted, first, entry, known);
    } else {
      take(wanted, entry);
    }
    if (spec.walkRecoveryPs() == 0) {
      walkerFree(walker);
    } else {
      ctx.after(spec.walkRecoveryPs(), new Iommu.WalkerFree(walker));
    }
  }

  /** The walker can begin another walk. */
  void walkerFree(int walker) {
    walks.free(walker);
    while (walks.isAwaited() && !walks.isFull()) {
      translate(walks.nextWaiting());
    }
  }

  private void take(Wanted wanted, PageWalk.Entry entry) {
    // The walk went through the page-table page, whatever stands in it.
    translations.fillTable(wanted.pasid(), wanted.page(), entry.table(), entry.readAtPs());
    if (!entry.isPresent()) {
      translations.fillAbsent(wanted.pasid(), wanted.page(), entry.readAtPs());
      client.translated(
          wanted, new Answer(DENIED, false, entry.readAtPs(), 0, Ats.Status.SC));
      return;
    }
    boolean writable = entry.writable() && wanted.write();
    TranslationCache.Entry filled = new TranslationCache.Entry(wanted.pasid(), entry.page(),
        entry.pfn(), writable, entry.readAtPs(), writable, entry.order());
    translations.fill(filled);
    answer(wanted, filled);
  }

  /** Takes the translation that the leaves of two stages make together. */
  private void take(
      Wanted wanted, PageWalk.Entry first, PageWalk.Entry last, boolean known) {
    SecondStage stage = second.orElseThrow();
    if (!last.isPresent()) {
      client.translated(
          wanted, new Answer(DENIED, false, last.readAtPs(), 0, Ats.Status.SC));
      return;
    }
    if (!known) {
      stage.keep(last);
    }
    boolean writable = first.writable() && last.writable() && wanted.write();
    TranslationCache.Entry filled = new TranslationCache.Entry(wanted.pasid(), wanted.page(),
        last.pfn(), writable, Math.min(first.readAtPs(), last.readAtPs()));
    stage.combined(wanted, first, last, stage.spec().reads(known));
    translations.fill(filled);
    stage.prune(2 * spec.iotlbEntries(), translations::holds);
    answer(wanted, filled);
  }

  /**
   * Drops {@code range}, and makes walks that it overtook begin again.
   *
   * @param pasid whose; the number of a guest if these are guest pages, of the second stage
   */
  void drop(int pasid, PageRange range, boolean leafOnly) {
    if (second.isPresent() && pasid == second.get().nesting().space()) {
      dropGuestPages(second.get(), range);
      return;
    }
    if (pasid == Ats.NO_PASID) {
      second.ifPresent(stage -> stage.drop(PageRange.ALL));
    }
    translations.drop(pasid, range, leafOnly);
    walks.overtake(pasid, range);
  }

  private void dropGuestPages(SecondStage stage, PageRange gfns) {
    stage.drop(gfns);
    if (stage.spec().dropsCombined()) {
      translations.dropEach(entry -> stage.leadsThrough(entry.mm(), entry.page(), gfns));
    }
    walks.overtake(walker -> stage.isAt(walker) && gfns.contains(stage.gfn(walker)));
  }

  private void begin(int walker) {
    Wanted wanted = walks.wanted(walker);
    long table = translations.table(wanted.pasid(), wanted.page());
    walks.begin(walker, table);
    long onePs =
        table == Walks.FROM_ROOT ? spec.walkLatencyPs() : spec.walkCache().latencyPs();
    ctx.after(second.map(stage -> stage.spec().toStageOneLeafPs()).orElse(onePs),
        new Iommu.LeafReached(walker));
  }

  private void answer(Wanted wanted, long pfn, Ats.Status status) {
    client.translated(wanted, new Answer(pfn, false, ctx.nowPs(), 0, status));
  }

  private void answer(Wanted wanted, TranslationCache.Entry entry) {
    long pfn = entry.pfn() + wanted.page() - entry.page();
    client.translated(wanted, new Answer(
        pfn, entry.writable(), entry.readAtPs(), entry.order(), Ats.Status.SC));
  }
}
