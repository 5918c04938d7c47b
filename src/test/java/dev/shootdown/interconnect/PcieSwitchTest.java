package dev.shootdown.interconnect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.engine.RecordingCtx.Sent;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.PartUnderTest;
import org.junit.jupiter.api.Test;

class PcieSwitchTest {
  private static final long BYTE_PS = 1_000_000_000_000L;

  private static PartUnderTest<PcieSwitch.Command> subject() {
    RecordingCtx<PcieSwitch.Command> ctx = new RecordingCtx<PcieSwitch.Command>("switch0")
        .withPorts("devices", 2).withPorts("dma", 2);
    return new PartUnderTest<>(
        ctx, given -> PcieSwitch.create(new PcieSwitchSpec(100, BYTE_PS, 24), given));
  }

  @Test
  void shouldHandleAllItsCommands() {
    CommandAudit.check(PcieSwitch.Command.class, PcieSwitchTest::subject);
  }

  @Test
  void shouldMakeDevicesWaitForEachOtherWhenTheyShareTheLink() {
    PartUnderTest<PcieSwitch.Command> subject = subject();
    Dma.Transfer write = new Dma.Transfer(0, 1, 9, true, 76);
    Ats.TranslationRequest request = new Ats.TranslationRequest(1, 2, 3, 7, false);
    subject.tell(new PcieSwitch.ToMemory(write));
    subject.tell(new PcieSwitch.ToIommu(request));
    subject.settle();

    assertThat(subject.takeSent("memory"))
        .containsExactly(new Sent("memory", RecordingCtx.SINGLE, write, 200));
    assertThat(subject.takeSent("iommu")).as("behind 24 + 76 bytes, 24 of its own")
        .containsExactly(new Sent("iommu", RecordingCtx.SINGLE, request, 224));
  }

  @Test
  void shouldNotHoldUpOneDirectionWhenTheOtherIsBusy() {
    PartUnderTest<PcieSwitch.Command> subject = subject();
    Ats.InvalidateRequest request = new Ats.InvalidateRequest(0, 3, PageRange.ALL);
    subject.tell(new PcieSwitch.ToMemory(new Dma.Transfer(0, 1, 9, true, 4096)));
    subject.tell(new PcieSwitch.FromIommu(1, request));
    subject.tell(new PcieSwitch.FromMemory(0, new Dma.Transferred(1)));
    subject.settle();

    assertThat(subject.takeSent("devices")).containsExactly(new Sent("devices", 1, request, 132));
    assertThat(subject.takeSent("dma"))
        .containsExactly(new Sent("dma", 0, new Dma.Transferred(1), 156));
  }
}
