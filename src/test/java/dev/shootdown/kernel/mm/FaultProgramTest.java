package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.FaultHandlers;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.kernel.notifier.Placement;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelWords.FrameKind;
import dev.shootdown.protocol.KernelWords.FrameState;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Faults of every kind, with real domains behind them. */
class FaultProgramTest {
  private static final Path COW = Trip.path(
      KernelSetup.COW_BREAK, "pte-look", "frame-get", "page-alloc", "copy-content",
      "n-start CLEAR", "ptl-lock", "pte-same", "pte-clear", "cpu-flush changed", "pte-repoint",
      "rmap-del", "ptl-unlock", "n-end", "page-free captured", "frame-put", "else",
      "ptl-unlock", "n-end", "page-free fresh", "frame-put", "end-check");
  private static final Path SPLIT = Trip.path(
      KernelSetup.HUGE_SPLIT, "n-start CLEAR", "ptl-lock", "pmd-invalidate",
      "cpu-flush changed-with-tables", "pmd-split", "ptl-unlock", "n-end");

  /** Anonymous 0 to 99, read-only 100 to 199, shared file 200, private file 300, huge 1024. */
  private static final List<AddressSpace.Area> AREAS = List.of(
      new AddressSpace.Area(new PageRange(0, 100), true),
      new AddressSpace.Area(new PageRange(100, 100), false),
      new AddressSpace.Area(new PageRange(200, 100), true, true, 0, 5, false),
      new AddressSpace.Area(new PageRange(300, 100), true, false, 0, 5, false),
      new AddressSpace.Area(new PageRange(1000, 1000), true, false, -1, 0, true));

  private final MiniKernel kernel = kernel();
  private final Trip trip = new Trip(kernel, Placement.of(Era.C), COW, SPLIT);
  private final FaultHandlers service = new FaultService(trip.setup);

  private static MiniKernel kernel() {
    MiniKernel kernel = new MiniKernel(new KernelMap(1, 1), null);
    Map<Long, PageTable.Leaf> leaves = new TreeMap<>();
    leaves.put(10L, PageTable.Leaf.readOnly(110));
    leaves.put(11L, PageTable.Leaf.readOnly(111));
    leaves.put(12L, PageTable.Leaf.readOnly(112));
    kernel.spaces(AREAS, leaves);
    kernel.frames(1_000, List.of(
        new FrameTable.InUse(new FrameState(111, FrameKind.ANON, 2, 2, false)),
        new FrameTable.InUse(new FrameState(112, FrameKind.ZERO, 0, 0, false))));
    return kernel;
  }

  private boolean serves(long page, boolean write) {
    FaultHandlers.Fault fault = service.fault(0, page, write);
    kernel.run(0, fault);
    return fault.answer() == FaultHandlers.Answer.SERVED;
  }

  @AfterEach
  void shouldBreakNoRuleAndHoldNoLock() {
    assertThat(kernel.breaches()).isEmpty();
    assertThat(kernel.facts(MachineFact.LockTaken.class))
        .hasSameSizeAs(kernel.facts(MachineFact.LockDropped.class));
  }

  @Test
  void shouldRefuseWhenNoAreaAllowsIt() {
    assertThat(serves(500, false)).isFalse();
    assertThat(serves(150, true)).isFalse();
    assertThat(kernel.facts(MachineFact.FramesAllocated.class)).isEmpty();
  }

  @Test
  void shouldMapReadOnlyWhenTheAreaIsReadOnly() {
    assertThat(serves(150, false)).isTrue();
    assertThat(kernel.walk(150)).matches(entry -> entry.isPresent() && !entry.writable());
  }

  @Test
  void shouldGiveTheRightWhenNobodyElseSeesTheFrame() {
    assertThat(serves(10, true)).isTrue();
    assertThat(kernel.walk(10)).matches(entry -> entry.pfn() == 110 && entry.writable());
    assertThat(trip.rules.upgradedJobs).extracting(FlushRules.Job::range)
        .containsExactly(PageRange.of(10));
  }

  @Test
  void shouldCopyWhenOthersSeeTheFrame() {
    assertThat(serves(11, true)).isTrue();
    PageWalk.Entry entry = kernel.walk(11);
    assertThat(entry.pfn()).isGreaterThanOrEqualTo(1_000);
    assertThat(entry.writable()).isTrue();
    assertThat(kernel.frame(111).references()).isEqualTo(1);
    assertThat(kernel.facts(MachineFact.CopyBegan.class)).hasSize(1);
  }

  @Test
  void shouldCopyWhenItIsThePageOfZeros() {
    assertThat(serves(12, true)).isTrue();
    assertThat(kernel.walk(12).pfn()).isGreaterThanOrEqualTo(1_000);
  }

  @Test
  void shouldSayWhatIsMissingWhenNoPathCopies() {
    Trip bare = new Trip(kernel(), Placement.of(Era.C));
    FaultHandlers.Fault fault = new FaultService(bare.setup).fault(0, 11, true);

    assertThatIllegalStateException().isThrownBy(() -> bare.kernel.run(0, fault))
        .withMessageContaining("cow-break");
  }

  @Test
  void shouldMapOneCachedPageForAllWhenAFileIsRead() {
    assertThat(serves(201, false)).isTrue();
    assertThat(serves(301, false)).isTrue();
    long pfn = kernel.walk(201).pfn();
    assertThat(kernel.walk(301).pfn()).isEqualTo(pfn);
    assertThat(kernel.frame(pfn))
        .isEqualTo(new FrameState(pfn, FrameKind.FILE, 3, 2, false));

    assertThat(serves(201, true)).isTrue();
    assertThat(kernel.walk(201)).matches(e -> e.pfn() == pfn && e.writable());
    assertThat(serves(301, true)).isTrue();
    assertThat(kernel.walk(301)).matches(e -> e.pfn() != pfn && e.writable());
    assertThat(kernel.frame(pfn).references()).isEqualTo(2);
  }

  @Test
  void shouldMapAHugePageWhereOneFits() {
    assertThat(serves(1100, true)).isTrue();
    assertThat(kernel.walk(1100)).matches(e -> e.order() == 9 && e.page() == 1024);
    assertThat(serves(1001, true)).isTrue();
    assertThat(kernel.walk(1001)).matches(e -> e.order() == 0 && e.isPresent());
  }

  @Test
  void shouldSplitBeforeItCopiesWhenAHugePageIsShared() {
    serves(1100, true);
    long pfn = kernel.walk(1100).pfn();
    kernel.ask(kernel.map.frames(), new KernelCall.Get(List.of(pfn)));
    kernel.ask(kernel.map.table(0), new KernelCall.TableVisit(
        KernelCall.Visit.PROTECT, new PageRange(1024, 512), TableRig.NOWHERE, List.of(), 1,
        false));

    assertThat(serves(1100, true)).isTrue();
    assertThat(kernel.walk(1100)).matches(e -> e.order() == 0 && !e.writable());
    assertThat(serves(1100, true)).isTrue();
    assertThat(kernel.walk(1100)).matches(e -> e.writable() && e.pfn() != pfn + 76);
  }

  @Test
  void shouldWaitWhenThePageIsBeingMigrated() {
    kernel.ask(kernel.map.table(0), visit(KernelCall.Visit.MIGRATION));
    kernel.ask(kernel.map.frames(), new KernelCall.LockFolio(110));
    MiniKernel.Running waiting = kernel.run(0, service.fault(0, 10, false));
    assertThat(waiting.isOver()).isFalse();

    kernel.ask(kernel.map.frames(), new KernelCall.UnlockFolio(110));
    assertThat(waiting.isOver()).isTrue();
  }

  @Test
  void shouldFindTheSwapCachesPageWhenItStillLives() {
    kernel.ask(kernel.map.frames(), new KernelCall.Get(List.of(110L)));
    kernel.ask(kernel.map.table(0), visit(KernelCall.Visit.SWAP));
    kernel.ask(kernel.map.frames(), new KernelCall.Free(List.of(110L), 1));
    assertThat(serves(10, false)).isTrue();
    assertThat(kernel.walk(10).pfn()).isEqualTo(110);

    kernel.ask(kernel.map.table(0), visit(KernelCall.Visit.SWAP));
    kernel.ask(kernel.map.frames(), new KernelCall.Free(List.of(110L), 1));
    kernel.ask(kernel.map.frames(), new KernelCall.Free(List.of(110L), 1, false));
    assertThat(serves(10, false)).isTrue();
    assertThat(kernel.walk(10).pfn()).isGreaterThanOrEqualTo(1_000);
  }

  @Test
  void shouldEndTheHintWhenAHintedPageIsTouched() {
    kernel.ask(kernel.map.table(0), visit(KernelCall.Visit.PROTNONE));
    assertThat(serves(10, false)).isTrue();
    assertThat(kernel.walk(10).pfn()).isEqualTo(110);
  }

  @Test
  void shouldFlushFirstWhenUserfaultfdProtectedThePage() {
    kernel.ask(kernel.map.table(0), visit(KernelCall.Visit.USERFAULT));
    kernel.ask(kernel.map.addressSpace(0), new KernelCall.GatherBegin());
    assertThat(serves(10, true)).isTrue();
    assertThat(trip.rules.cpuJobs).extracting(FlushRules.Job::range)
        .containsExactly(PageRange.of(10));
    assertThat(kernel.walk(10).writable()).isTrue();
  }

  /** mm_tlb_flush_pending: who protected the page has flushed it by now. */
  @Test
  void shouldNotFlushWhenNoFlushOfUserfaultfdIsPending() {
    kernel.ask(kernel.map.table(0), visit(KernelCall.Visit.USERFAULT));
    assertThat(serves(10, true)).isTrue();
    assertThat(trip.rules.cpuJobs).isEmpty();
    assertThat(kernel.walk(10).writable()).isTrue();
  }

  private static KernelCall.TableVisit visit(KernelCall.Visit visit) {
    return new KernelCall.TableVisit(
        visit, PageRange.of(10), TableRig.NOWHERE, List.of(), 1, false);
  }
}
