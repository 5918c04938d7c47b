package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.MachineFact;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressSpaceTest {
  private static final PageRange NOWHERE = new PageRange(0, 0);
  private static final KernelCall.Area NO_AREA = new KernelCall.Area(false, false);
  private static final KernelCall.Area READ_ONLY = new KernelCall.Area(true, false);
  private static final KernelCall.Area WRITABLE = new KernelCall.Area(true, true);

  private static DomainRig<AddressSpace.Command> space() {
    return DomainRig.space(new AddressSpace.Area(new PageRange(10, 10), true));
  }

  private static KernelCall.FlushTargets targets(DomainRig<?> space) {
    return (KernelCall.FlushTargets) space.ask(new KernelCall.NextGeneration());
  }

  private static List<KernelCall.Result> find(DomainRig<?> space, long... pages) {
    return Arrays.stream(pages)
        .mapToObj(page -> space.ask(new KernelCall.FindArea(page))).toList();
  }

  @Test
  void shouldNameTheCpusInOrderWhenTheyHaveTakenItUp() {
    DomainRig<AddressSpace.Command> space = space();
    assertThat(targets(space))
        .isEqualTo(new KernelCall.FlushTargets(2, List.of(), List.of()));
    for (int cpu : List.of(3, 0, 2, 1)) {
      assertThat(space.ask(new KernelCall.TakeUp(cpu)))
          .isEqualTo(new KernelCall.Generation(2));
    }
    space.post(new KernelCall.GoLazy(2));
    space.post(new KernelCall.GoLazy(0));
    space.post(new KernelCall.Leave(1));

    assertThat(targets(space))
        .isEqualTo(new KernelCall.FlushTargets(3, List.of(3), List.of(0, 2)));
    space.ask(new KernelCall.TakeUp(0));
    space.post(new KernelCall.Leave(2));
    assertThat(targets(space))
        .isEqualTo(new KernelCall.FlushTargets(4, List.of(0, 3), List.of()));
  }

  @Test
  void shouldNotRememberALazyCpuWhenItNeverTookItUp() {
    DomainRig<AddressSpace.Command> space = space();
    space.post(new KernelCall.GoLazy(2));

    assertThat(targets(space).lazy()).isEmpty();
  }

  /** Or a CPU that takes the space up between flush and answer would miss the flush. */
  @Test
  void shouldTellANewcomerTheGenerationWhenAFlushDidNotSeeIt() {
    DomainRig<AddressSpace.Command> space = space();
    KernelCall.FlushTargets before = targets(space);

    assertThat(space.ask(new KernelCall.TakeUp(1)))
        .isEqualTo(new KernelCall.Generation(before.generation()));
  }

  @Test
  void shouldSayNestedWhenAnotherGatherIsActive() {
    DomainRig<AddressSpace.Command> space = space();
    assertThat(space.ask(new KernelCall.GatherCheck())).isEqualTo(new KernelCall.Nested(false));
    space.post(new KernelCall.GatherBegin());
    assertThat(space.ask(new KernelCall.GatherCheck()))
        .isEqualTo(new KernelCall.Nested(false, true));
    space.post(new KernelCall.GatherBegin());
    assertThat(space.ask(new KernelCall.GatherCheck())).isEqualTo(new KernelCall.Nested(true));
    space.post(new KernelCall.GatherEnd());
    assertThat(space.ask(new KernelCall.GatherCheck()))
        .isEqualTo(new KernelCall.Nested(false, true));
  }

  @Test
  void shouldFindAreasWhenAPageLiesInside() {
    assertThat(find(space(), 9, 10, 19, 20))
        .containsExactly(NO_AREA, WRITABLE, WRITABLE, NO_AREA);
  }

  @Test
  void shouldSplitAnAreaWhenItsMiddleIsRemoved() {
    DomainRig<AddressSpace.Command> space = space();
    space.post(new KernelCall.MoveAreas(new PageRange(13, 2), NOWHERE));

    assertThat(find(space, 10, 12, 13, 14, 15, 19, 20)).containsExactly(
        WRITABLE, WRITABLE, NO_AREA, NO_AREA, WRITABLE, WRITABLE, NO_AREA);
  }

  @Test
  void shouldMoveOnlyItsPartWhenTheMiddleMoves() {
    DomainRig<AddressSpace.Command> space = space();
    space.post(new KernelCall.ProtectAreas(PageRange.of(14), false));
    space.post(new KernelCall.MoveAreas(new PageRange(13, 3), new PageRange(113, 3)));

    assertThat(find(space, 12, 13, 15, 16, 112, 113, 114, 115, 116)).containsExactly(
        WRITABLE, NO_AREA, NO_AREA, WRITABLE, NO_AREA, WRITABLE, READ_ONLY, WRITABLE, NO_AREA);
  }

  @Test
  void shouldProtectOnlyItsPartWhenTheMiddleIsProtected() {
    DomainRig<AddressSpace.Command> space = space();
    space.post(new KernelCall.ProtectAreas(new PageRange(12, 3), false));
    assertThat(find(space, 11, 12, 14, 15))
        .containsExactly(WRITABLE, READ_ONLY, READ_ONLY, WRITABLE);

    space.post(new KernelCall.ProtectAreas(PageRange.ALL, true));
    assertThat(find(space, 11, 12, 20)).containsExactly(WRITABLE, WRITABLE, NO_AREA);
  }

  @Test
  void shouldStateABreachWhenABracketEndsThatNeverBegan() {
    DomainRig<AddressSpace.Command> space = space();
    space.post(
        new KernelCall.NotifierStart(0, PageRange.of(10), MachineFact.Event.UNMAP));
    space.post(new KernelCall.NotifierEnd(0, PageRange.of(10)));
    assertThat(space.part.marks(MachineFact.BracketOpened.class)).containsExactly(
        new MachineFact.BracketOpened(9, 0, PageRange.of(10), MachineFact.Event.UNMAP));
    assertThat(space.part.marks(MachineFact.BracketClosed.class)).containsExactly(
        new MachineFact.BracketClosed(9, 0, PageRange.of(10)));
    assertThat(space.part.marks(MachineFact.ProtocolBreach.class)).isEmpty();

    space.post(new KernelCall.NotifierEnd(0, PageRange.of(10)));
    assertThat(space.part.marks(MachineFact.ProtocolBreach.class))
        .extracting(MachineFact.ProtocolBreach::rule).singleElement().asString()
        .contains("operation 9").contains("never began");
  }

  @Test
  void shouldStateWhoWaitedHowLongWhenTheLockIsTaken() {
    DomainRig<AddressSpace.Command> space = space();
    space.hear(new KernelCall.Call(0, 5, 1, new KernelCall.Lock(true)));
    space.hear(new KernelCall.Call(1, 6, 1, new KernelCall.Lock(false)));
    space.runUntil(900);
    space.hear(new KernelCall.Post(0, 5, new KernelCall.Unlock(true)));

    assertThat(space.part.marks(MachineFact.LockTaken.class)).containsExactly(
        new MachineFact.LockTaken(5, "domain", 0), new MachineFact.LockTaken(6, "domain", 0));
    assertThat(space.part.markedAtPs(MachineFact.LockTaken.class)).containsExactly(0L, 900L);
    assertThat(space.part.marks(MachineFact.LockDropped.class))
        .containsExactly(new MachineFact.LockDropped(5, "domain"));
  }
}
