package dev.shootdown.kernel.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.kernel.iommu.EmptyTableLayout.Counting;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The driver that takes the page table away between the start and the end of each bracket. */
class EmptyTableTest {
  private static final int MM = 3;
  private static final long SUBMIT_PS = 100;
  private static final long HELD_UP_PS = 5_000;
  private static final PageRange ONE = new PageRange(10, 2);
  private static final PageRange TWO = new PageRange(50, 2);

  private static PartHarness<EmptyTable.Command> subject(Counting counting) {
    RecordingCtx<EmptyTable.Command> ctx =
        new RecordingCtx<EmptyTable.Command>("app.v2")
            .withPorts("cpus", 2).withPorts("iommus", 2);
    Bindings bindings = new Bindings();
    bindings.bind(MM, 0, 4);
    bindings.bind(MM, 1, 0);
    EmptyTableLayout layout = new EmptyTableLayout(MM, 7, counting, HELD_UP_PS, SUBMIT_PS, 0);
    return new PartHarness<>(ctx, given -> EmptyTable.create(layout, bindings, given));
  }

  private static void start(PartHarness<EmptyTable.Command> subject, int cpu, PageRange range) {
    subject.tell(new EmptyTable.Called(new KernelCall.Call(cpu, 5, 1,
        new KernelCall.SubscriberStart(MM, range, MachineFact.Event.CLEAR, true))));
    subject.settle();
  }

  private static void end(PartHarness<EmptyTable.Command> subject, int cpu, PageRange range) {
    subject.tell(new EmptyTable.Called(
        new KernelCall.Call(cpu, 5, 2, new KernelCall.SubscriberEnd(MM, range))));
    subject.settle();
  }

  /** Answers what was submitted so far; returns it. */
  private static List<Invalidation.Submit> answer(PartHarness<EmptyTable.Command> subject) {
    List<Invalidation.Submit> submits = subject.take("iommus", Invalidation.Submit.class);
    submits.forEach(submit -> subject.tell(new EmptyTable.IommuAnswered(
        new Invalidation.Completed(submit.ticket(), 0, 0, 0))));
    subject.settle();
    return submits;
  }

  private static List<Integer> replied(PartHarness<EmptyTable.Command> subject) {
    return subject.takeSent("cpus").stream().map(RecordingCtx.Sent::member).toList();
  }

  private static List<Invalidation.PasidEntry> entries(List<Invalidation.Submit> submits) {
    return submits.stream().flatMap(submit -> submit.descriptors().stream())
        .filter(Invalidation.PasidEntry.class::isInstance)
        .map(Invalidation.PasidEntry.class::cast).toList();
  }

  @Test
  void shouldHandleAllItsCommands() {
    for (Counting counting : Counting.values()) {
      CommandAudit.check(EmptyTable.Command.class, () -> subject(counting));
    }
  }

  @Test
  void shouldFlushAllIommusAndThenAllDevicesBeforeItReturns() {
    PartHarness<EmptyTable.Command> subject = subject(Counting.LOCKED);
    start(subject, 1, ONE);

    List<Invalidation.Submit> own = answer(subject);
    assertThat(own).hasSize(2).allMatch(submit -> submit.cpu() == 7 && submit.operation() == 5);
    assertThat(own.get(0).descriptors()).containsExactly(
        new Invalidation.PasidEntry(MM, false), new Invalidation.Iotlb(MM, PageRange.ALL),
        new Invalidation.Wait(0));
    assertThat(replied(subject)).as("devices may still use what they cache").isEmpty();

    List<Invalidation.Submit> devices = answer(subject);
    assertThat(devices.get(0).descriptors()).containsExactly(
        new Invalidation.DeviceTlb(4, MM, PageRange.ALL), new Invalidation.Wait(0));
    assertThat(replied(subject)).containsExactly(1);
    assertThat(subject.marks(MachineFact.SubscriberStarted.class))
        .containsExactly(new MachineFact.SubscriberStarted(MM, ONE));
  }

  @Test
  void shouldGiveTheTableBackAtTheLastEndWhenItCounts() {
    PartHarness<EmptyTable.Command> subject = subject(Counting.LOCKED);
    start(subject, 0, ONE);
    answer(subject);
    answer(subject);
    start(subject, 1, TWO);
    assertThat(answer(subject)).as("the table is empty already").isEmpty();
    end(subject, 0, ONE);
    assertThat(answer(subject)).as("another bracket is open").isEmpty();
    assertThat(replied(subject)).containsExactly(0, 1, 0);
    end(subject, 1, TWO);

    assertThat(entries(answer(subject)))
        .containsOnly(new Invalidation.PasidEntry(MM, true)).hasSize(2);
  }

  /** Bug 5a of the catalogue: Linux 3.6. */
  @Test
  void shouldGiveTheTableBackAtTheFirstEndWhenItDoesNotCount() {
    PartHarness<EmptyTable.Command> subject = subject(Counting.NONE);
    start(subject, 0, ONE);
    answer(subject);
    answer(subject);
    start(subject, 1, TWO);
    assertThat(entries(answer(subject))).containsOnly(new Invalidation.PasidEntry(MM, false));
    answer(subject);
    end(subject, 0, ONE);

    assertThat(entries(answer(subject)))
        .containsOnly(new Invalidation.PasidEntry(MM, true)).hasSize(2);
  }

  /** e79df31: an atomic counter. */
  @Test
  void shouldReturnFromASecondStartWhileTheFirstFlushesWhenItCountsOutsideOfTheLock() {
    PartHarness<EmptyTable.Command> subject = subject(Counting.UNLOCKED);
    start(subject, 0, ONE);
    start(subject, 1, TWO);

    assertThat(replied(subject)).as("devices still hold what they had").containsExactly(1);
    answer(subject);
    answer(subject);
    assertThat(replied(subject)).containsExactly(0);
  }

  /** What d73a6d722a67 closed. */
  @Test
  void shouldGiveTheTableBackUnderAnOpenBracketWhenAnEndIsHeldUp() {
    PartHarness<EmptyTable.Command> subject = subject(Counting.UNLOCKED);
    start(subject, 0, ONE);
    answer(subject);
    answer(subject);
    subject.tell(new EmptyTable.Called(
        new KernelCall.Call(0, 5, 2, new KernelCall.SubscriberEnd(MM, ONE))));
    subject.tell(new EmptyTable.Called(new KernelCall.Call(1, 5, 1,
        new KernelCall.SubscriberStart(MM, TWO, MachineFact.Event.CLEAR, true))));
    subject.runUntil(subject.nowPs() + HELD_UP_PS - 1);
    assertThat(entries(answer(subject))).as("the new start is not held up")
        .containsOnly(new Invalidation.PasidEntry(MM, false)).hasSize(2);
    answer(subject);
    subject.settle();

    assertThat(entries(answer(subject))).as("while bracket two is open")
        .containsOnly(new Invalidation.PasidEntry(MM, true)).hasSize(2);
  }

  @Test
  void shouldStateABreachWhenABracketEndsThatNeverBegan() {
    for (Counting counting : new Counting[] {Counting.UNLOCKED, Counting.LOCKED}) {
      PartHarness<EmptyTable.Command> subject = subject(counting);
      end(subject, 0, ONE);

      assertThat(subject.marks(MachineFact.ProtocolBreach.class)).hasSize(1);
      assertThat(replied(subject)).containsExactly(0);
    }
  }

  @Test
  void shouldLetOneCallbackWaitForTheOther() {
    PartHarness<EmptyTable.Command> subject = subject(Counting.LOCKED);
    start(subject, 0, ONE);
    start(subject, 1, TWO);
    answer(subject);
    assertThat(replied(subject)).as("nothing is empty yet for sure").isEmpty();
    answer(subject);

    assertThat(replied(subject)).containsExactly(0, 1);
  }
}
