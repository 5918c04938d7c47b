package dev.shootdown.kernel.mm;

import static dev.shootdown.kernel.mm.TableRig.plain;
import static dev.shootdown.kernel.mm.TableRig.visit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelCallKernelSideContract.Answer;
import dev.shootdown.protocol.KernelWords.Visit;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Change;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** 2 MiB entries, page-table pages, dirty bits, and locks of several groups. */
class TableVisitsTest {
  private static final long HUGE = 512;
  private static final PageRange GROUP = new PageRange(HUGE, 512);

  /** Pages 10 to 13 as in the rig, page 14 writable but not written, a huge page at 512. */
  private static DomainRig<PageTable.Command> table() {
    Map<Long, PageTable.Leaf> leaves = new TreeMap<>(Trip.leaves());
    leaves.put(14L, PageTable.Leaf.clean(114));
    leaves.put(HUGE, PageTable.Leaf.huge(5120));
    return new DomainRig<>(
        ctx -> PageTable.create(0, leaves, 7, ctx), PageTable.Arrived::new);
  }

  private static PageWalk.Entry walk(
      DomainRig<PageTable.Command> table, long page, boolean write, long from) {
    table.part.tell(new PageTable.Walked(new PageWalk.Walk(0, 1, 0, page, write, from)));
    return table.part.take("walkers", PageWalk.Entry.class).get(0);
  }

  private static KernelCall.TableVisit of(Visit visit, PageRange range, Long... pfns) {
    return new KernelCall.TableVisit(
        visit, range, TableRig.NOWHERE, List.of(pfns), TableRig.STEP_PS, false);
  }

  @Test
  void shouldRecordAWriteOnceWhenAWalkerWrites() {
    DomainRig<PageTable.Command> table = table();
    assertThat(walk(table, 14, false, -1).dirty()).isFalse();
    assertThat(walk(table, 14, true, -1).dirty()).isTrue();
    walk(table, 14, true, -1);
    walk(table, 10, true, -1);

    assertThat(table.part.marks(MachineFact.PteDirtied.class))
        .containsExactly(new MachineFact.PteDirtied(0, 14, 114));
  }

  /** The processor sets the bit in one go with its check, so it can't be lost in mid-run. */
  @Test
  void shouldHarvestAWriteThatComesBeforeTheClearButInTheRun() {
    DomainRig<PageTable.Command> table = table();
    table.call(0, visit(Visit.CLEAR, 13, 2));
    table.runUntil(2 * TableRig.STEP_PS - 1);
    assertThat(walk(table, 14, true, -1).isPresent()).isTrue();
    table.part.settle();

    KernelCall.Visited visited =
        (KernelCall.Visited) table.takeAnswers().get(0).reply().result();
    assertThat(visited.seen()).extracting(KernelCall.Seen::dirty).containsExactly(true, true);
    assertThat(table.part.marks(MachineFact.DirtyHarvested.class)).containsExactly(
        new MachineFact.DirtyHarvested(0, List.of(13L, 14L), List.of(113L, 114L)));
  }

  @Test
  void shouldKeepTheDirtyBitWhenTheEntryIsProtectedOrMovedMeanwhile() {
    for (boolean moves : new boolean[] {false, true}) {
      DomainRig<PageTable.Command> table = table();
      table.call(
          0, moves ? TableRig.move(14, 20, 1) : visit(Visit.PROTECT, 14, 1));
      walk(table, 14, true, -1);
      table.part.settle();

      assertThat(walk(table, moves ? 20 : 14, false, -1).dirty()).isTrue();
      assertThat(table.part.marks(MachineFact.DirtyHarvested.class)).isEmpty();
    }
  }

  @Test
  void shouldAnswerTheStartWhenAPageOfA2MibEntryIsWalked() {
    PageWalk.Entry entry = walk(table(), HUGE + 77, false, -1);

    assertThat(entry).matches(
        e -> e.page() == HUGE && e.pfn() == 5120 && e.order() == 9 && e.table() == -1);
  }

  @Test
  void shouldStateAllFramesWhenA2MibEntryIsCleared() {
    DomainRig<PageTable.Command> table = table();
    KernelCall.Visited visited = (KernelCall.Visited) table.ask(of(Visit.CLEAR, GROUP));

    assertThat(plain(visited))
        .isEqualTo(new KernelCall.Visited(List.of(HUGE), List.of(5120L)));
    assertThat(visited.seen().get(0).order()).isEqualTo(9);
    assertThat(table.part.marks(MachineFact.PtesChanged.class)).singleElement()
        .matches(changed -> changed.pages().size() == 512 && changed.stepPs() == 0)
        .matches(changed -> changed.pfns().get(511) == 5120 + 511);
  }

  @Test
  void shouldStateABreachWhenAPartOfA2MibEntryIsCleared() {
    DomainRig<PageTable.Command> table = table();
    assertThat(plain(table.ask(visit(Visit.CLEAR, HUGE + 1, 1))).pages()).isEmpty();

    assertThat(table.breaches()).singleElement().asString().contains("split first");
    assertThat(walk(table, HUGE, false, -1).isPresent()).isTrue();
  }

  @Test
  void shouldMapTheSameFramesWhenA2MibEntryIsSplit() {
    DomainRig<PageTable.Command> table = table();
    table.ask(of(Visit.INVALIDATE, GROUP));
    assertThat(walk(table, HUGE + 3, false, -1).isPresent()).isFalse();
    table.ask(of(Visit.SPLIT, GROUP));

    assertThat(walk(table, HUGE + 3, false, -1)).matches(
        entry -> entry.pfn() == 5123 && entry.order() == 0 && entry.table() == 8);
    assertThat(table.part.marks(MachineFact.PtesChanged.class))
        .extracting(MachineFact.PtesChanged::change)
        .containsExactly(Change.CLEARED, Change.SET);
  }

  @Test
  void shouldStillBeReadByNumberUntilItIsFreedWhenATableIsUnhooked() {
    DomainRig<PageTable.Command> table = table();
    long number = walk(table, 10, false, -1).table();
    KernelCall.Visited visited = (KernelCall.Visited) table.ask(
        of(Visit.PMD_CLEAR, new PageRange(0, 512)));

    assertThat(visited.tables()).containsExactly(number);
    assertThat(visited.pages()).containsExactly(10L, 11L, 12L, 13L, 14L);
    assertThat(walk(table, 10, false, -1).isPresent()).as("from the root").isFalse();
    assertThat(walk(table, 10, false, number).pfn()).as("by number").isEqualTo(110);

    table.post(new KernelCall.TableFree(0, List.of(number)));
    assertThat(walk(table, 10, false, number).isPresent()).isFalse();
    assertThat(table.part.marks(MachineFact.TableFreed.class)).containsExactly(
        new MachineFact.TableFreed(9, 0, new PageRange(0, 512), number));
    table.post(new KernelCall.TableFree(0, List.of(number)));
    assertThat(table.breaches()).singleElement().asString().contains("twice");
  }

  @Test
  void shouldGetANewNumberWhenATableIsPopulatedAgain() {
    DomainRig<PageTable.Command> table = table();
    table.ask(visit(Visit.CLEAR, 0, 512));
    KernelCall.Visited visited = (KernelCall.Visited) table.ask(visit(Visit.DETACH, 0, 512));
    assertThat(visited.tables()).containsExactly(7L);
    table.post(new KernelCall.TableFree(0, List.of(8L)));
    assertThat(table.breaches()).hasSize(1);

    table.ask(TableRig.set(10, 5L));
    assertThat(walk(table, 10, false, -1).table()).isEqualTo(8);
    table.post(new KernelCall.TableFree(0, List.of(8L)));
    assertThat(table.breaches().get(1)).contains("in use");
  }

  @Test
  void shouldNotUnhookATableThatHoldsAnEntry() {
    KernelCall.Visited visited =
        (KernelCall.Visited) table().ask(visit(Visit.DETACH, 0, 512));

    assertThat(visited.tables()).isEmpty();
  }

  @Test
  void shouldTakeTheTableAlongWhenAPmdMoves() {
    DomainRig<PageTable.Command> table = table();
    long number = walk(table, 10, false, -1).table();
    table.ask(new KernelCall.TableVisit(
        Visit.PMD_MOVE, new PageRange(0, 512), new PageRange(5120, 512), List.of(), 30, false));

    assertThat(walk(table, 5120 + 12, false, -1))
        .matches(entry -> entry.pfn() == 112 && entry.table() == number);
    assertThat(walk(table, 12, false, -1).isPresent()).isFalse();
    assertThat(table.part.marks(MachineFact.PtesChanged.class))
        .extracting(MachineFact.PtesChanged::change)
        .containsExactly(Change.MOVED_AWAY, Change.SET);
  }

  @Test
  void shouldMapOneFrameWhenAGroupCollapses() {
    DomainRig<PageTable.Command> table = table();
    table.ask(of(Visit.PMD_CLEAR, new PageRange(0, 512)));
    table.ask(of(Visit.COLLAPSE, new PageRange(0, 512), 10_240L));

    assertThat(walk(table, 13, false, -1))
        .matches(entry -> entry.pfn() == 10_240 && entry.order() == 9);
    table.ask(of(Visit.COLLAPSE, new PageRange(0, 512), 10_752L));
    assertThat(table.breaches()).singleElement().asString().contains("still mapped");
  }

  @Test
  void shouldNotGetInEachOthersWayWhenGroupsDiffer() {
    DomainRig<PageTable.Command> table = table();
    table.call(0, TableRig.keeping(visit(Visit.CLEAR, 10, 1)));
    table.call(1, of(Visit.CLEAR, GROUP));
    table.part.settle();

    assertThat(table.takeAnswers()).extracting(Answer::cpu).containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void shouldWaitForBothGroupsWhenEntriesMoveBetweenThem() {
    DomainRig<PageTable.Command> table = table();
    table.call(0, TableRig.keeping(visit(Visit.LOOK, 2000, 1)));
    table.call(1, TableRig.move(10, 2000, 2));
    table.call(2, visit(Visit.CLEAR, 11, 1));
    table.runUntil(1_000);
    assertThat(table.takeAnswers()).extracting(Answer::cpu)
        .as("CPU 1 holds the lower group while it waits").containsExactly(0);

    table.post(new KernelCall.TableUnlock());
    table.part.settle();
    assertThat(table.takeAnswers()).extracting(Answer::cpu).containsExactly(1, 2);
    assertThat(walk(table, 2001, false, -1).pfn()).isEqualTo(111);
  }

  @Test
  void shouldStopWhereItIsToldWhenEntriesAreLimited() {
    KernelCall.Visited visited = (KernelCall.Visited) table().ask(
        new KernelCall.TableVisit(
            Visit.CLEAR, new PageRange(0, 512), TableRig.NOWHERE, List.of(),
            new KernelCall.Manner(30, false, 3)));

    assertThat(visited.pages()).containsExactly(10L, 11L, 12L);
  }

  @Test
  void shouldPutBackWhatStoodThereWhenTheLockWasHeld() {
    DomainRig<PageTable.Command> table = table();
    table.ask(TableRig.keeping(visit(Visit.CLEAR, 10, 5)));
    table.ask(visit(Visit.RETURN_READ_ONLY, 10, 1));
    table.ask(visit(Visit.RETURN, 11, 5));

    assertThat(walk(table, 10, false, -1))
        .matches(entry -> entry.pfn() == 110 && !entry.writable() && !entry.dirty());
    assertThat(walk(table, 14, false, -1))
        .matches(entry -> entry.pfn() == 114 && entry.writable() && !entry.dirty());
  }
}
