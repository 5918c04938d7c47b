package dev.shootdown.hardware.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.engine.RecordingCtx.Sent;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.DmaMemorySideContract;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MemoryTest {
  private static final long NS = 1_000;
  private static final long GB_PER_SECOND = 1_000_000_000;

  private static PartHarness<Memory.Command> memory(MemorySpec spec) {
    RecordingCtx<Memory.Command> ctx =
        new RecordingCtx<Memory.Command>("memory0").withPorts("devices", 2).withPorts("nodes", 0);
    return new PartHarness<>(ctx, given -> Memory.create(spec, given));
  }

  private static Memory.Command transfer(int device, long tag, long pfn, int sizeBytes) {
    return new Memory.Arrived(new Dma.Transfer(device, tag, pfn, false, sizeBytes));
  }

  @Test
  void shouldTakeSizeOverBandwidthAndLatencyWhenIdle() {
    PartHarness<Memory.Command> memory =
        memory(new MemorySpec(1, GB_PER_SECOND, 80 * NS));
    memory.tellAt(5 * NS, transfer(1, 9, 0, 64));
    memory.settle();

    assertThat(memory.takeSent("devices"))
        .containsExactly(new Sent("devices", 1, new Dma.Transferred(9), (5 + 64 + 80) * NS));
  }

  @Test
  void shouldQueueWhenTheChannelIsBusy() {
    PartHarness<Memory.Command> memory =
        memory(new MemorySpec(2, GB_PER_SECOND, 80 * NS));
    memory.tell(transfer(0, 1, 4, 100));
    memory.tell(transfer(0, 2, 6, 100));
    memory.tell(transfer(0, 3, 5, 100));
    memory.settle();

    assertThat(memory.takeSent("devices")).extracting(Sent::atPs)
        .as("frames 4 and 6 share a channel").containsExactly(180 * NS, 180 * NS, 280 * NS);
  }

  /** Node 1 of three, with two devices. */
  private static PartHarness<Memory.Command> node() {
    RecordingCtx<Memory.Command> ctx = new RecordingCtx<Memory.Command>("memory1")
        .withPorts("devices", 4).withPorts("nodes", 2);
    return new PartHarness<>(ctx, given -> Memory.create(
        new MemorySpec(1, GB_PER_SECOND, 80 * NS), new MemoryLayout(1, 2), given));
  }

  @Test
  void shouldPassOnWhatIsAnotherNodes() {
    PartHarness<Memory.Command> memory = node();
    long far = 2 * Dma.NODE_FRAMES + 5;
    memory.tell(transfer(1, 9, 7, 64));
    memory.tell(transfer(0, 9, far, 64));
    assertThat(memory.takeSent("nodes")).containsExactly(
        new Sent("nodes", 0, new Dma.Transfer(2, 0, 7, false, 64), 0),
        new Sent("nodes", 1, new Dma.Transfer(3, 1, far, false, 64), 0));

    memory.tell(new Memory.NodeAnswered(new Dma.Transferred(1, 64)));
    memory.tell(new Memory.NodeAnswered(new Dma.Transferred(0)));
    assertThat(memory.takeSent("devices")).containsExactly(
        new Sent("devices", 0, new Dma.Transferred(9, 64), 0),
        new Sent("devices", 1, new Dma.Transferred(9), 0));
    assertThat(memory.marks(MachineFact.ProtocolBreach.class)).isEmpty();
  }

  @Test
  void shouldServeItsOwnFramesAndOtherNodesWhenTheyAsk() {
    PartHarness<Memory.Command> memory = node();
    memory.tell(transfer(3, 4, Dma.NODE_FRAMES + 1, 64));
    memory.settle();

    assertThat(memory.takeSent("devices"))
        .containsExactly(new Sent("devices", 3, new Dma.Transferred(4), (64 + 80) * NS));
  }

  @Test
  void shouldStateABreachWhenANodeAnswersWhatWasNotPassedOn() {
    PartHarness<Memory.Command> memory = node();
    memory.tell(new Memory.NodeAnswered(new Dma.Transferred(7)));

    assertThat(memory.marks(MachineFact.ProtocolBreach.class)).hasSize(1);
    assertThat(memory.takeSent("devices")).isEmpty();
  }

  @Test
  void shouldRoundUpWhenTheBandwidthDoesNotDivide() {
    PartHarness<Memory.Command> memory = memory(new MemorySpec(1, 3 * GB_PER_SECOND, 0));
    memory.tell(transfer(0, 1, 0, 1));
    memory.settle();

    assertThat(memory.nowPs()).isEqualTo(334);
  }

  @Test
  void shouldHandleAllItsCommands() {
    CommandAudit.check(
        Memory.Command.class, () -> memory(new MemorySpec(1, GB_PER_SECOND, 0)));
  }

  @Nested
  class AsMemory extends DmaMemorySideContract {
    @Override
    protected Subject subject() {
      PartHarness<Memory.Command> memory =
          memory(new MemorySpec(4, 25 * GB_PER_SECOND, 80 * NS));
      return new Subject() {
        @Override
        public void hear(Dma.ToMemory message) {
          memory.tell(new Memory.Arrived(message));
        }

        @Override
        public void settle() {
          memory.settle();
        }

        @Override
        public List<Answer> takeSaid() {
          return memory.takeSent("devices").stream().map(sent -> new Answer(
              sent.member(), ((Dma.Transferred) sent.message()).tag())).toList();
        }
      };
    }
  }
}
