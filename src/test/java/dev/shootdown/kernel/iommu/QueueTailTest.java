package dev.shootdown.kernel.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.kernel.iommu.QueueTailSpec.Insertion;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueTailTest {
  private static PartHarness<QueueTail.Command> tail(Insertion insertion) {
    return new PartHarness<>(
        new RecordingCtx<QueueTail.Command>("smmu0.cmdq").withPorts("cpus", 2),
        ctx -> QueueTail.create(new QueueTailSpec(insertion, 100, 30), List.of(0, 0), ctx));
  }

  private static QueueTail.Called claim(int cpu) {
    return new QueueTail.Called(
        new KernelCall.Call(cpu, 7, 40 + cpu, new KernelCall.ClaimPlace()));
  }

  @Test
  void shouldAnswerEachCpuOnceWhenTheyCompete() {
    PartHarness<QueueTail.Command> tail = tail(Insertion.CAS);
    tail.tell(claim(0));
    tail.tell(claim(1));
    tail.settle();

    assertThat(tail.takeSent("cpus")).extracting(RecordingCtx.Sent::member)
        .containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void shouldTakeLongerWithCompareAndSwapWhenTwoCompete() {
    assertThat(lastPs(Insertion.CAS)).isGreaterThan(lastPs(Insertion.FETCH_ADD));
  }

  private static long lastPs(Insertion insertion) {
    PartHarness<QueueTail.Command> tail = tail(insertion);
    tail.tell(claim(0));
    tail.tell(claim(1));
    tail.settle();
    return tail.nowPs();
  }

  @Test
  void shouldSayWhenItWasAskedAndWhenItWasDone() {
    PartHarness<QueueTail.Command> tail = tail(Insertion.CAS);
    tail.tellAt(50, claim(1));
    tail.settle();

    assertThat(tail.take("cpus", KernelCall.Reply.class))
        .containsExactly(new KernelCall.Reply(41, new KernelCall.Ok(), 50, 50, 150));
  }

  @Test
  void shouldRefuseWhatItIsNotThereFor() {
    PartHarness<QueueTail.Command> tail = tail(Insertion.CAS);
    tail.tell(
        new QueueTail.Called(new KernelCall.Call(0, 7, 1, new KernelCall.GatherBegin())));

    assertThat(tail.marks(MachineFact.ProtocolBreach.class)).singleElement()
        .matches(breach -> breach.rule().equals("smmu0.cmdq cannot serve GatherBegin"));
  }

  @Test
  void shouldHandleAllCommands() {
    CommandAudit.check(QueueTail.Command.class, () -> tail(Insertion.CAS));
  }
}
