package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameTableTest {
  private static KernelCall.Free free(Long... pfns) {
    return new KernelCall.Free(List.of(pfns), 60);
  }

  @Test
  void shouldNeverHandAFrameOutTwiceWhenFramesComeBack() {
    DomainRig<FrameTable.Command> frames = DomainRig.frames(10);
    assertThat(frames.ask(new KernelCall.Allocate(2)))
        .isEqualTo(new KernelCall.Frames(List.of(10L, 11L)));
    frames.ask(free(10L, 11L));

    assertThat(frames.ask(new KernelCall.Allocate(3)))
        .isEqualTo(new KernelCall.Frames(List.of(12L, 13L, 14L)));
    assertThat(frames.part.marks(MachineFact.FramesAllocated.class)).containsExactly(
        new MachineFact.FramesAllocated(List.of(10L, 11L)),
        new MachineFact.FramesAllocated(List.of(12L, 13L, 14L)));
  }

  @Test
  void shouldStateThemFreeWhenTheTimeOfFreeingIsOver() {
    DomainRig<FrameTable.Command> frames = DomainRig.frames(10);
    frames.runUntil(1_000);
    assertThat(frames.ask(free(3L, 7L, 9L))).isEqualTo(new KernelCall.Ok());

    assertThat(frames.part.marks(MachineFact.FramesFreed.class)).containsExactly(
        new MachineFact.FramesFreed(DomainRig.OPERATION, List.of(3L, 7L, 9L)));
    assertThat(frames.part.markedAtPs(MachineFact.FramesFreed.class)).containsExactly(1_180L);
  }

  @Test
  void shouldRefuseWhenAFrameIsFreedTwice() {
    DomainRig<FrameTable.Command> frames = DomainRig.frames(10);
    frames.ask(free(3L));

    assertThatIllegalStateException().isThrownBy(() -> frames.ask(free(4L, 3L)))
        .withMessageContaining("frame 3 was freed twice");
    assertThatIllegalStateException().isThrownBy(() -> frames.ask(free(5L, 5L)))
        .withMessageContaining("frame 5 was freed twice");
  }

  @Test
  void shouldRefuseWhenAFrameIsFreedThatWasNeverHandedOut() {
    DomainRig<FrameTable.Command> frames = DomainRig.frames(10);

    assertThatIllegalStateException().isThrownBy(() -> frames.ask(free(10L)));
  }
}
