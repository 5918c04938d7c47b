package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelCallKernelSideContract.Answer;
import dev.shootdown.protocol.KernelWords.FrameKind;
import dev.shootdown.protocol.KernelWords.FrameState;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

/** PAGE-FREE is when the last reference goes, and not before. */
class FrameReferencesTest {
  private static DomainRig<FrameTable.Command> frames() {
    List<FrameTable.InUse> special = List.of(
        new FrameTable.InUse(new FrameState(5, FrameKind.FILE, 2, 1, false), 0, 3, 8),
        new FrameTable.InUse(new FrameState(6, FrameKind.ZERO, 0, 0, false)),
        new FrameTable.InUse(new FrameState(7, FrameKind.PFN_MAPPED, 0, 1, false)));
    return new DomainRig<>(
        ctx -> FrameTable.create(10, special, ctx), FrameTable.Arrived::new);
  }

  private static FrameState state(DomainRig<?> frames, long pfn) {
    KernelCall.FrameStates states =
        (KernelCall.FrameStates) frames.ask(new KernelCall.Inspect(List.of(pfn)));
    return states.frames().get(0);
  }

  private static List<List<Long>> freed(DomainRig<?> frames) {
    return frames.part.marks(MachineFact.FramesFreed.class).stream()
        .map(MachineFact.FramesFreed::pfns).toList();
  }

  private static KernelCall.Free free(long pfn) {
    return new KernelCall.Free(List.of(pfn), 60);
  }

  @Test
  void shouldFreeWithTheLastReference() {
    DomainRig<FrameTable.Command> frames = frames();
    frames.post(new KernelCall.Get(List.of(1L)));
    frames.ask(free(1));
    assertThat(freed(frames)).isEmpty();
    assertThat(state(frames, 1)).isEqualTo(new FrameState(1, FrameKind.ANON, 1, 0, false));

    frames.ask(new KernelCall.Free(List.of(1L), 60, false));
    assertThat(freed(frames)).containsExactly(List.of(1L));
    assertThat(frames.breaches()).isEmpty();
  }

  @Test
  void shouldStateABreachWhenAFrameIsFreedThatIsStillMapped() {
    DomainRig<FrameTable.Command> frames = frames();
    frames.ask(new KernelCall.Free(List.of(1L), 60, false));

    assertThat(frames.breaches()).singleElement().asString()
        .contains("operation 9 freed frame 1").contains("still mapped 1 times");
    frames.post(new KernelCall.UnmapFrames(List.of(2L)));
    frames.post(new KernelCall.UnmapFrames(List.of(2L)));
    assertThat(frames.breaches().get(1)).contains("frame 2").contains("not mapped");
    frames.post(new KernelCall.Get(List.of(1L)));
    assertThat(frames.breaches().get(2)).contains("frame 1, which is free");
  }

  @Test
  void shouldKeepAFilesPageUntilItsCacheLetsGo() {
    DomainRig<FrameTable.Command> frames = frames();
    assertThat(frames.ask(new KernelCall.MapCached(3, 8)))
        .isEqualTo(new KernelCall.Frames(List.of(5L)));
    frames.ask(free(5));
    frames.ask(free(5));
    assertThat(freed(frames)).isEmpty();

    frames.ask(new KernelCall.DropCached(List.of(5L), 60));
    assertThat(freed(frames)).containsExactly(List.of(5L));
    frames.ask(new KernelCall.DropCached(List.of(5L), 60));
    assertThat(frames.breaches()).singleElement().asString().contains("no cache holds");
    assertThat(frames.ask(new KernelCall.MapCached(3, 8)))
        .as("read in again").isEqualTo(new KernelCall.Frames(List.of(10L)));
  }

  @Test
  void shouldNeverFreeThePageOfZeros() {
    DomainRig<FrameTable.Command> frames = frames();
    frames.ask(free(6));
    frames.ask(free(6));

    assertThat(freed(frames)).isEmpty();
    assertThat(frames.breaches()).isEmpty();
  }

  @Test
  void shouldFreeWhatHasNoCountAlthoughItIsMapped() {
    DomainRig<FrameTable.Command> frames = frames();
    frames.ask(free(7));
    assertThat(freed(frames)).isEmpty();
    frames.ask(new KernelCall.DropCached(List.of(7L), 60));

    assertThat(freed(frames)).containsExactly(List.of(7L));
    assertThat(frames.breaches()).isEmpty();
  }

  @Test
  void shouldTakeNothingBackOfWhatHasNoCountWhenItsOwnerHasTakenItBack() {
    DomainRig<FrameTable.Command> frames = frames();
    frames.ask(new KernelCall.DropCached(List.of(7L), 60));
    frames.ask(free(7));
    frames.post(new KernelCall.UnmapFrames(List.of(7L)));
    frames.post(new KernelCall.DirtyFrames(List.of(7L)));

    assertThat(freed(frames)).containsExactly(List.of(7L));
    assertThat(frames.breaches()).isEmpty();
    frames.ask(new KernelCall.DropCached(List.of(7L), 60));
    assertThat(frames.breaches()).singleElement().asString().contains("no cache holds");
  }

  @Test
  void shouldAlignAndFreeAllFramesWhenAPageIsHuge() {
    DomainRig<FrameTable.Command> frames = frames();
    assertThat(frames.ask(new KernelCall.Allocate(1, FrameKind.ANON, true, 9)))
        .isEqualTo(new KernelCall.Frames(List.of(512L)));
    assertThat(frames.ask(new KernelCall.Allocate(1)))
        .isEqualTo(new KernelCall.Frames(List.of(1024L)));
    frames.ask(free(512));
    assertThat(freed(frames).get(0)).hasSize(512).contains(512L, 1023L);
  }

  @Test
  void shouldFreeEachPartOnItsOwnWhenAHugePageWasSplit() {
    DomainRig<FrameTable.Command> frames = frames();
    frames.ask(new KernelCall.Allocate(1, FrameKind.ANON, true, 9));
    frames.post(new KernelCall.SplitFrame(512));
    frames.post(new KernelCall.SplitFrame(512));
    frames.ask(free(515));

    assertThat(freed(frames)).containsExactly(List.of(515L));
    assertThat(state(frames, 1023).references()).isEqualTo(1);
    assertThat(frames.breaches()).isEmpty();
  }

  @Test
  void shouldRememberWhatIsDirtyAndStateWhatIsClean() {
    DomainRig<FrameTable.Command> frames = frames();
    frames.post(new KernelCall.DirtyFrames(List.of(1L)));
    assertThat(state(frames, 1).dirty()).isTrue();
    frames.post(new KernelCall.CleanFrames(List.of(1L), MachineFact.Clean.WRITE_BACK));

    assertThat(state(frames, 1).dirty()).isFalse();
    assertThat(frames.part.marks(MachineFact.FramesCleaned.class)).containsExactly(
        new MachineFact.FramesCleaned(9, MachineFact.Clean.WRITE_BACK, List.of(1L)));
  }

  @Test
  void shouldStateAnOwnerOnlyWhenFramesWereShared() {
    DomainRig<FrameTable.Command> frames = frames();
    frames.post(new KernelCall.ShareFrames(List.of(1L), MachineFact.Share.FORK));
    frames.post(new KernelCall.UnshareFrames(List.of(1L, 2L)));
    frames.post(new KernelCall.UnshareFrames(List.of(1L)));

    assertThat(frames.part.marks(MachineFact.FramesExclusive.class)).containsExactly(
        new MachineFact.FramesExclusive(9, List.of(1L)));
  }

  @Test
  void shouldGiveTurnsWhenSeveralWantAFolio() {
    DomainRig<FrameTable.Command> frames = frames();
    frames.call(2, new KernelCall.LockFolio(1));
    frames.call(0, new KernelCall.LockFolio(1));
    frames.call(3, new KernelCall.LockFolio(2));
    assertThat(frames.takeAnswers()).extracting(Answer::cpu).containsExactly(2, 3);

    frames.post(new KernelCall.UnlockFolio(1));
    assertThat(frames.takeAnswers()).extracting(Answer::cpu).containsExactly(0);
    frames.post(new KernelCall.UnlockFolio(1));
    frames.post(new KernelCall.UnlockFolio(1));
    assertThat(frames.breaches()).singleElement().asString()
        .contains("folio 1, which was not locked");
  }
}
