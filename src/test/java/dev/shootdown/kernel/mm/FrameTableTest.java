package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

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
  void shouldStateABreachWhenAFrameIsFreedTwice() {
    DomainRig<FrameTable.Command> frames = DomainRig.frames(10);
    frames.ask(free(3L));
    frames.ask(free(4L, 3L));
    frames.ask(free(5L, 5L));

    assertThat(frames.breaches()).hasSize(2)
        .allMatch(rule -> rule.contains("freed twice") && rule.contains("operation 9"));
    assertThat(frames.breaches().get(0)).contains("frame 3");
    assertThat(frames.part.marks(MachineFact.FramesFreed.class))
        .extracting(MachineFact.FramesFreed::pfns)
        .containsExactly(List.of(3L), List.of(4L), List.of(5L));
  }

  @Test
  void shouldStateABreachWhenAFrameIsFreedThatWasNeverHandedOut() {
    DomainRig<FrameTable.Command> frames = DomainRig.frames(10);
    frames.ask(free(10L));

    assertThat(frames.breaches()).singleElement().asString().contains("frame 10");
    assertThat(frames.part.marks(MachineFact.FramesFreed.class)).isEmpty();
  }
}
