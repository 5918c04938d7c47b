package dev.shootdown.kernel.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import org.junit.jupiter.api.Test;

class DriverLockTest {
  private static PartHarness<DriverLock.Command> lock() {
    return new PartHarness<>(
        new RecordingCtx<DriverLock.Command>("iommu0.queue").withPorts("cpus", 3),
        DriverLock::create);
  }

  private static DriverLock.Called take(int cpu) {
    return new DriverLock.Called(
        new KernelCall.Call(cpu, 70 + cpu, 40 + cpu, new KernelCall.Lock(true)));
  }

  private static DriverLock.Called give(int cpu) {
    return new DriverLock.Called(
        new KernelCall.Post(cpu, 70 + cpu, new KernelCall.Unlock(true)));
  }

  private static KernelCall.Reply reply(int cpu, long arrivedPs, long grantedPs) {
    return new KernelCall.Reply(40 + cpu, new KernelCall.Ok(), arrivedPs, grantedPs, grantedPs);
  }

  @Test
  void shouldLetCpusInInTheOrderInWhichTheyAskedWhenTheyWait() {
    PartHarness<DriverLock.Command> lock = lock();
    lock.tellAt(10, take(2));
    lock.tellAt(20, take(0));
    lock.tellAt(30, take(1));
    assertThat(lock.take("cpus", KernelCall.Reply.class)).containsExactly(reply(2, 10, 10));

    lock.tellAt(50, give(2));
    assertThat(lock.take("cpus", KernelCall.Reply.class)).containsExactly(reply(0, 20, 50));
    lock.tellAt(90, give(0));
    assertThat(lock.take("cpus", KernelCall.Reply.class)).containsExactly(reply(1, 30, 90));
  }

  @Test
  void shouldSayWhoHeldItWhenItIsTakenAndGivenBack() {
    PartHarness<DriverLock.Command> lock = lock();
    lock.tellAt(10, take(2));
    lock.tellAt(50, give(2));

    assertThat(lock.marks(MachineFact.LockTaken.class))
        .containsExactly(new MachineFact.LockTaken(72, "iommu0.queue", 10));
    assertThat(lock.marks(MachineFact.LockDropped.class))
        .containsExactly(new MachineFact.LockDropped(72, "iommu0.queue"));
  }

  @Test
  void shouldBreakTheRulesWhenAnotherCpuGivesItBack() {
    PartHarness<DriverLock.Command> lock = lock();
    lock.tell(take(2));
    lock.tell(give(1));

    assertThat(lock.marks(MachineFact.ProtocolBreach.class)).singleElement()
        .matches(
            breach ->
                breach.rule().equals("CPU 1 unlocked iommu0.queue, which it did not hold"));
  }

  @Test
  void shouldRefuseWhatItIsNotThereFor() {
    PartHarness<DriverLock.Command> lock = lock();
    lock.tell(
        new DriverLock.Called(new KernelCall.Call(0, 7, 1, new KernelCall.GatherBegin())));

    assertThat(lock.marks(MachineFact.ProtocolBreach.class)).singleElement()
        .matches(breach -> breach.rule().equals("iommu0.queue cannot serve GatherBegin"));
  }

  @Test
  void shouldHandleAllCommands() {
    CommandAudit.check(DriverLock.Command.class, DriverLockTest::lock);
  }
}
