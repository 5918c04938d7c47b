package dev.shootdown.hardware.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.Vcpu;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Walks in two stages: a guest's table of address space 3, behind it guest 77, whose pages 0x100 to
 * 0x10f are the host's 0x900 to 0x90f.
 */
class NestedWalkTest {
  private static final int GUEST = 3;
  private static final int SPACE = 77;
  private static final int HOST = 1;
  private static final long FRAMES = 1L << 40;
  private static final long READ_PS = 10;
  private static final Vcpu.Slot SLOT = new Vcpu.Slot(0x100, new PageRange(0x900, 16));

  private record Leaf(long pfn, boolean writable) {}

  private final Map<Long, Leaf> guestTable = new TreeMap<>();
  private final Map<Long, Leaf> hostTable = new TreeMap<>();
  private PartHarness<Iommu.Command> part;

  private static PartHarness<Iommu.Command> iommu(int guest, NestedSpec nested) {
    RecordingCtx<Iommu.Command> ctx = new RecordingCtx<Iommu.Command>("iommu0")
        .withPorts("tables", 2).withPorts("devices", 2).withPorts("cpus", 2)
        .withPorts("memory", 1).withPorts("faults", 0);
    IommuLayout layout = new IommuLayout(5, List.of(guest, SPACE), List.of(32, 32), 0, 0);
    Nesting nesting = new Nesting(nested, SPACE, 9, FRAMES, HOST, List.of(SLOT));
    return new PartHarness<>(ctx, given -> Iommu.create(
        CommandInterface.VTD, IommuRig.SPEC, layout, Optional.of(nesting), given));
  }

  private void create(NestedSpec nested) {
    part = iommu(GUEST, nested);
  }

  private void create(int keptEntries, boolean dropsCombined) {
    create(new NestedSpec(4, 4, READ_PS, keptEntries, dropsCombined));
  }

  /** Page 1 leads to guest page 0x101, which is frame 51; page 2 by way of 0x102 to 52. */
  private void map() {
    for (long i = 1; i <= 2; i++) {
      guestTable.put(i, new Leaf(FRAMES + 0x100 + i, true));
      hostTable.put(0x100 + i, new Leaf(50 + i, true));
    }
  }

  private void want(long page, boolean write) {
    part.tell(new Iommu.DeviceSaid(new Ats.TranslationRequest(0, page, GUEST, page, write)));
  }

  private void answer(PageWalk.Walk walk) {
    Map<Long, Leaf> table = walk.mm() == GUEST ? guestTable : hostTable;
    Leaf leaf = table.getOrDefault(walk.page(), new Leaf(-1, false));
    part.tell(new Iommu.TableAnswered(new PageWalk.Entry(
        walk.tag(), walk.mm(), walk.page(), leaf.pfn(), leaf.writable(), part.nowPs())));
  }

  private PageWalk.Walk walk() {
    part.settle();
    List<PageWalk.Walk> walks = part.take("tables", PageWalk.Walk.class);
    assertThat(walks).hasSize(1);
    return walks.get(0);
  }

  private void settle() {
    part.settle();
    List<PageWalk.Walk> walks = part.take("tables", PageWalk.Walk.class);
    while (!walks.isEmpty()) {
      walks.forEach(this::answer);
      part.settle();
      walks = part.take("tables", PageWalk.Walk.class);
    }
  }

  private Ats.TranslationCompletion translate(long page, boolean write) {
    want(page, write);
    settle();
    List<Ats.TranslationCompletion> said =
        part.take("devices", Ats.TranslationCompletion.class);
    assertThat(said).hasSize(1);
    return said.get(0);
  }

  private void invalidate(int pasid, PageRange range) {
    part.tell(new Iommu.CpuSaid(new Invalidation.Submit(
        0, 1, 1, List.of(new Invalidation.Iotlb(pasid, range), new Invalidation.Wait(0)))));
    part.settle();
  }

  private int joins() {
    return part.marks(MachineFact.StagesJoined.class).size();
  }

  @Test
  void shouldHandleEveryCommandWhenToldOutOfTheBlue() {
    CommandAudit.check(
        Iommu.Command.class, () -> iommu(1, new NestedSpec(4, 4, READ_PS, 4, true)));
  }

  @Test
  void shouldStateABreachWhenTheSecondStageAnswersBeforeItIsAsked() {
    create(0, true);
    map();
    want(1, false);
    PageWalk.Walk first = walk();
    answer(first);
    part.tell(new Iommu.TableAnswered(
        new PageWalk.Entry(first.tag(), SPACE, 0x101, 66, true, part.nowPs())));
    assertThat(part.marks(MachineFact.ProtocolBreach.class)).hasSize(1);
    settle();

    assertThat(part.take("devices", Ats.TranslationCompletion.class)).singleElement()
        .matches(said -> said.pfn() == 51);
  }

  @ParameterizedTest
  @CsvSource({"4, 4, 24", "5, 5, 35", "3, 4, 19", "4, 3, 19", "1, 1, 3"})
  void shouldReadAsManyEntriesAsTwoDimensionsHave(int one, int two, int reads) {
    create(new NestedSpec(one, two, READ_PS, 0, true));
    map();
    want(1, false);
    PageWalk.Walk first = walk();
    long firstAtPs = part.nowPs();
    answer(first);
    PageWalk.Walk second = walk();

    assertThat((one + 1) * (two + 1) - 1).isEqualTo(reads);
    assertThat(firstAtPs - IommuRig.NS + part.nowPs() - firstAtPs)
        .as("all but the two leaves").isEqualTo((reads - 2) * READ_PS);
    assertThat(List.of(first.page(), second.page())).containsExactly(1L, 0x101L);
    assertThat(List.of(first.walker(), second.walker())).containsExactly(5, 9);
    answer(second);
    assertThat(part.marks(MachineFact.StagesJoined.class)).singleElement()
        .matches(join -> join.reads() == reads);
  }

  @Test
  void shouldAnswerWithWhatBothTablesSay() {
    create(0, true);
    map();

    assertThat(translate(1, true)).matches(said -> said.pfn() == 51 && said.writable());
    assertThat(part.marks(MachineFact.StagesJoined.class)).singleElement().matches(
        join -> join.guestPfn() == FRAMES + 0x101 && join.hostMm() == HOST
            && join.hostPage() == 0x901 && join.pfn() == 51);
    assertThat(translate(1, true).pfn()).as("cached").isEqualTo(51);
    assertThat(joins()).isEqualTo(1);
  }

  @Test
  void shouldNotWalkTheSecondStageAgainWhenItIsKept() {
    create(4, true);
    map();
    guestTable.put(3L, new Leaf(FRAMES + 0x101, true));
    translate(1, true);

    assertThat(translate(3, true).pfn()).isEqualTo(51);
    assertThat(part.marks(MachineFact.StagesJoined.class))
        .extracting(MachineFact.StagesJoined::reads).containsExactly(24, 20);
  }

  @Test
  void shouldGrantWritingOnlyWhenBothStagesDo() {
    create(4, true);
    guestTable.put(1L, new Leaf(FRAMES + 0x101, true));
    guestTable.put(2L, new Leaf(FRAMES + 0x102, false));
    hostTable.put(0x101L, new Leaf(51, false));
    hostTable.put(0x102L, new Leaf(52, true));

    assertThat(translate(1, true)).matches(said -> said.pfn() == 51 && !said.writable());
    assertThat(translate(2, true)).matches(said -> said.pfn() == 52 && !said.writable());
  }

  @Test
  void shouldDenyAndCacheNothingWhenEitherStageHasNoEntry() {
    create(4, true);
    guestTable.put(1L, new Leaf(FRAMES + 0x101, true));
    hostTable.put(0x102L, new Leaf(52, true));

    assertThat(translate(1, false).isGranted()).as("no second stage").isFalse();
    assertThat(translate(2, false).isGranted()).as("no first stage").isFalse();
    assertThat(joins()).isZero();
    assertThat(part.marks(MachineFact.Filled.class)).isEmpty();
  }

  @Test
  void shouldDropWhatTheGuestTookAwayAndNothingElse() {
    create(4, true);
    map();
    translate(1, true);
    translate(2, true);
    invalidate(GUEST, PageRange.of(1));
    guestTable.remove(1L);

    assertThat(translate(1, true).isGranted()).isFalse();
    assertThat(translate(2, true).pfn()).isEqualTo(52);
    assertThat(joins()).as("page 2 stayed cached").isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4})
  void shouldDropWhatWasCombinedFromAGuestPageWhenTheHostTakesItAway(int kept) {
    create(kept, true);
    map();
    translate(1, true);
    translate(2, true);
    hostTable.put(0x101L, new Leaf(61, true));
    invalidate(SPACE, PageRange.of(0x101));

    assertThat(translate(1, true).pfn()).isEqualTo(61);
    assertThat(translate(2, true).pfn()).isEqualTo(52);
    assertThat(joins()).as("page 2 stayed cached").isEqualTo(3);
    assertThat(part.marks(MachineFact.Dropped.class))
        .contains(new MachineFact.Dropped(
            GUEST, PageRange.of(1), MachineFact.Cause.INVALIDATED));
  }

  /** As an SMMUv3 may: its TLBI by IPA needs one by ASID behind it. */
  @Test
  void shouldKeepWhatWasCombinedWhenItDropsTheSecondStageOnly() {
    create(4, false);
    map();
    translate(1, true);
    hostTable.put(0x101L, new Leaf(61, true));
    invalidate(SPACE, PageRange.of(0x101));
    assertThat(translate(1, true).pfn()).as("stale").isEqualTo(51);
    invalidate(GUEST, PageRange.ALL);

    assertThat(translate(1, true).pfn()).isEqualTo(61);
  }

  @Test
  void shouldForgetBothStagesWhenEverythingIsInvalidated() {
    create(4, false);
    map();
    translate(1, true);
    hostTable.put(0x101L, new Leaf(61, true));
    invalidate(Ats.NO_PASID, PageRange.ALL);

    assertThat(translate(1, true).pfn()).isEqualTo(61);
  }

  @ParameterizedTest
  @ValueSource(ints = {GUEST, SPACE})
  void shouldWalkAgainWhenEitherStageIsInvalidatedUnderTheSecondRead(int whose) {
    create(4, true);
    map();
    want(1, true);
    answer(walk());
    PageWalk.Walk stale = walk();
    invalidate(whose, PageRange.of(whose == GUEST ? 1 : 0x101));
    answer(stale);
    hostTable.put(0x101L, new Leaf(61, true));
    settle();

    assertThat(part.marks(MachineFact.FillDiscarded.class)).hasSize(1);
    assertThat(part.take("devices", Ats.TranslationCompletion.class)).singleElement()
        .matches(said -> said.pfn() == 61);
  }

  @Test
  void shouldNotWalkAgainWhenAnotherGuestPageIsInvalidated() {
    create(4, true);
    map();
    want(1, true);
    answer(walk());
    PageWalk.Walk second = walk();
    invalidate(SPACE, PageRange.of(0x102));
    answer(second);

    assertThat(part.marks(MachineFact.FillDiscarded.class)).isEmpty();
    assertThat(joins()).isEqualTo(1);
  }

  @Test
  void shouldWaitForAllUntranslatedDmaWhenGuestPagesAreInvalidated() {
    create(4, true);
    map();
    part.tell(new Iommu.DeviceSaid(new Ats.UntranslatedDma(0, 8, GUEST, 1, true, 64)));
    settle();
    long transfer = part.take("memory", Dma.Transfer.class).get(0).tag();
    invalidate(SPACE, PageRange.of(0x101));
    assertThat(part.take("cpus", Invalidation.Completed.class)).as("under way").isEmpty();
    part.tell(new Iommu.MemoryAnswered(new Dma.Transferred(transfer)));
    part.settle();

    assertThat(part.take("cpus", Invalidation.Completed.class)).hasSize(1);
  }
}
