package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.KernelCall;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cache lines of an address space, and lru_lock: one CPU after the other. */
class SharedLinesTest {
  private static final SharedCosts COSTS = new SharedCosts(100, 30, true, 0, 0, 0);

  private final DomainRig<AddressSpace.Command> space = new DomainRig<>(
      ctx -> AddressSpace.create(List.of(), COSTS, ctx), AddressSpace.Arrived::new);
  private final DomainRig<FrameTable.Command> frames = DomainRig.frames(1);

  private static List<Long> donePs(DomainRig<?> rig) {
    return rig.takeAnswers().stream().map(answer -> answer.reply().donePs()).toList();
  }

  @Test
  void shouldServeReadersOneAfterTheOtherWhenTheyCountThemselves() {
    space.call(0, new KernelCall.Lock(false));
    space.call(1, new KernelCall.Lock(false));
    space.post(new KernelCall.Unlock(false));
    space.call(2, new KernelCall.Lock(false));
    space.runUntil(1_000);

    assertThat(donePs(space)).containsExactly(100L, 200L, 400L);
    assertThat(space.breaches()).isEmpty();
  }

  @Test
  void shouldKeepALineShorterWhenItIsOnlyLookedAt() {
    space.call(0, new KernelCall.NextGeneration());
    space.call(1, new KernelCall.TakeUp(1));
    space.call(2, new KernelCall.TakeUp(2));
    space.runUntil(1_000);

    assertThat(donePs(space)).containsExactly(100L, 130L, 160L);
  }

  @Test
  void shouldNotHoldEachOtherUpWhenLinesDiffer() {
    space.call(0, new KernelCall.Lock(false));
    space.post(new KernelCall.GatherBegin());
    space.call(1, new KernelCall.NextGeneration());
    space.runUntil(1_000);

    assertThat(donePs(space)).containsExactly(100L, 100L);
  }

  @Test
  void shouldLeaveTheLockOfAllAloneWhenAFaultLocksItsArea() {
    space.call(0, new KernelCall.LockArea());
    assertThat(donePs(space)).containsExactly(0L);

    space.call(1, new KernelCall.Lock(true));
    space.runUntil(1_000);
    assertThat(donePs(space)).as("a writer waits for the fault").isEmpty();
    space.post(new KernelCall.UnlockArea());
    assertThat(donePs(space)).containsExactly(1_000L);
  }

  @Test
  void shouldLetOneCpuToTheListsAtATime() {
    frames.call(0, new KernelCall.LockLru());
    frames.call(1, new KernelCall.LockLru());
    assertThat(frames.takeAnswers()).hasSize(1);

    frames.post(new KernelCall.UnlockLru());
    assertThat(frames.takeAnswers()).hasSize(1);
    frames.post(new KernelCall.UnlockLru());
    assertThat(frames.breaches()).isEmpty();
    frames.post(new KernelCall.UnlockLru());
    assertThat(frames.breaches()).singleElement().asString().contains("not locked");
  }
}
