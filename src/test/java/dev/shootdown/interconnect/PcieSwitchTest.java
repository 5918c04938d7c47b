package dev.shootdown.interconnect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.engine.RecordingCtx.Sent;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import org.junit.jupiter.api.Test;

class PcieSwitchTest {
  private static final long BYTE_PS = 1_000_000_000_000L;

  private static PartHarness<PcieSwitch.Command> subject() {
    return subject(PcieSwitchSpec.Arbitration.ROUND_ROBIN);
  }

  private static PartHarness<PcieSwitch.Command> subject(
      PcieSwitchSpec.Arbitration arbitration) {
    RecordingCtx<PcieSwitch.Command> ctx = new RecordingCtx<PcieSwitch.Command>("switch0")
        .withPorts("devices", 2).withPorts("dma", 2);
    return new PartHarness<>(
        ctx, given -> PcieSwitch.create(
            new PcieSwitchSpec(100, BYTE_PS, 24, arbitration), given));
  }

  @Test
  void shouldHandleAllItsCommands() {
    CommandAudit.check(PcieSwitch.Command.class, PcieSwitchTest::subject);
  }

  @Test
  void shouldMakeDevicesWaitForEachOtherWhenTheyShareTheLink() {
    PartHarness<PcieSwitch.Command> subject = subject();
    Dma.Transfer write = new Dma.Transfer(0, 1, 9, true, 76);
    Ats.TranslationRequest request = new Ats.TranslationRequest(1, 2, 3, 7, false);
    subject.tell(new PcieSwitch.ToMemory(0, write));
    subject.tell(new PcieSwitch.ToIommu(1, request));
    subject.settle();

    assertThat(subject.takeSent("memory"))
        .containsExactly(new Sent("memory", RecordingCtx.SINGLE, write, 200));
    assertThat(subject.takeSent("iommu")).as("behind 24 + 76 bytes, 24 of its own")
        .containsExactly(new Sent("iommu", RecordingCtx.SINGLE, request, 224));
  }

  @Test
  void shouldNotHoldUpOneDirectionWhenTheOtherIsBusy() {
    PartHarness<PcieSwitch.Command> subject = subject();
    Ats.InvalidateRequest request = new Ats.InvalidateRequest(0, 3, PageRange.ALL);
    subject.tell(new PcieSwitch.ToMemory(0, new Dma.Transfer(0, 1, 9, true, 4096)));
    subject.tell(new PcieSwitch.FromIommu(1, request));
    subject.tell(new PcieSwitch.FromMemory(0, new Dma.Transferred(1)));
    subject.settle();

    assertThat(subject.takeSent("devices")).containsExactly(new Sent("devices", 1, request, 132));
    assertThat(subject.takeSent("dma"))
        .containsExactly(new Sent("dma", 0, new Dma.Transferred(1), 156));
  }

  /** Port 0 sends three writes of 100 ps each, then port 1 one request of 24 ps. */
  private static PartHarness<PcieSwitch.Command> crowd(
      PcieSwitchSpec.Arbitration arbitration) {
    PartHarness<PcieSwitch.Command> subject = subject(arbitration);
    for (int tag = 0; tag < 3; tag++) {
      subject.tell(new PcieSwitch.ToMemory(0, new Dma.Transfer(0, tag, 9, true, 76)));
    }
    subject.tell(new PcieSwitch.ToIommu(1, new Ats.TranslationRequest(1, 2, 3, 7, false)));
    subject.settle();
    return subject;
  }

  @Test
  void shouldTakePortsInTurnWhenSeveralHaveSomething() {
    PartHarness<PcieSwitch.Command> subject =
        crowd(PcieSwitchSpec.Arbitration.ROUND_ROBIN);

    assertThat(subject.takeSent("iommu")).as("behind one write of port 0")
        .extracting(Sent::atPs).containsExactly(224L);
    assertThat(subject.takeSent("memory")).extracting(Sent::atPs)
        .containsExactly(200L, 324L, 424L);
  }

  @Test
  void shouldKeepTheOrderOfArrivalWhenAllStandInOneQueue() {
    PartHarness<PcieSwitch.Command> subject = crowd(PcieSwitchSpec.Arbitration.ARRIVAL);

    assertThat(subject.takeSent("memory")).extracting(Sent::atPs)
        .containsExactly(200L, 300L, 400L);
    assertThat(subject.takeSent("iommu")).as("behind all writes of port 0")
        .extracting(Sent::atPs).containsExactly(424L);
  }

  @Test
  void shouldSayHowManyMessagesAreInTheLink() {
    PartHarness<PcieSwitch.Command> subject = crowd(PcieSwitchSpec.Arbitration.ARRIVAL);

    assertThat(subject.takeMarks()).filteredOn(MachineFact.Occupied.class::isInstance)
        .extracting(fact -> ((MachineFact.Occupied) fact).used())
        .containsExactly(1, 2, 3, 4, 3, 2, 1, 0);
  }
}
