package dev.shootdown.kernel.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
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
  private static final PageRange ONE = new PageRange(10, 2);
  private static final PageRange TWO = new PageRange(50, 2);

  private static PartHarness<EmptyTable.Command> subject(boolean counts) {
    RecordingCtx<EmptyTable.Command> ctx =
        new RecordingCtx<EmptyTable.Command>("app.v2")
            .withPorts("cpus", 2).withPorts("iommus", 2);
    Bindings bindings = new Bindings();
    bindings.bind(MM, 0, 4);
    bindings.bind(MM, 1, 0);
    EmptyTableLayout layout = new EmptyTableLayout(MM, 7, counts, SUBMIT_PS, 0);
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
    CommandAudit.check(EmptyTable.Command.class, () -> subject(true));
  }

  @Test
  void shouldFlushAllIommusAndThenAllDevicesBeforeItReturns() {
    PartHarness<EmptyTable.Command> subject = subject(true);
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
    PartHarness<EmptyTable.Command> subject = subject(true);
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
    PartHarness<EmptyTable.Command> subject = subject(false);
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

  @Test
  void shouldLetOneCallbackWaitForTheOther() {
    PartHarness<EmptyTable.Command> subject = subject(true);
    start(subject, 0, ONE);
    start(subject, 1, TWO);
    answer(subject);
    assertThat(replied(subject)).as("nothing is empty yet for sure").isEmpty();
    answer(subject);

    assertThat(replied(subject)).containsExactly(0, 1);
  }
}
