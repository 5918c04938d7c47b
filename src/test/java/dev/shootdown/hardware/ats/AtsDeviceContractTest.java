package dev.shootdown.hardware.ats;

import dev.shootdown.address.Access;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.AtsDeviceSideContract;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.DmaDeviceSideContract;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AtsDeviceContractTest {
  static final long NS = 1_000;
  static final AtsDeviceSpec SPEC =
      new AtsDeviceSpec(128, 8, NS, 32, 1000 * NS, 32, true, true);

  static PartHarness<AtsDevice.Command> device(AtsDeviceSpec spec, List<DmaJob> jobs) {
    RecordingCtx<AtsDevice.Command> ctx = new RecordingCtx<>("nic0");
    return new PartHarness<>(
        ctx, given -> AtsDevice.create(spec, new AtsDeviceLayout(0, 1), DmaWork.of(jobs), given));
  }

  static DmaJob once(long atPs, int pasid, long page, boolean write) {
    return new DmaJob(atPs, pasid, page, write ? Access.WRITE : Access.READ, 1, 0, 64);
  }

  @Test
  void shouldHandleAllItsCommands() {
    CommandAudit.check(AtsDevice.Command.class, () -> device(SPEC, List.of()));
  }

  @Nested
  class AsAtsDevice extends AtsDeviceSideContract {
    @Override
    protected Subject subject(List<Wish> wishes) {
      PartHarness<AtsDevice.Command> device = device(SPEC, wishes.stream()
          .map(wish -> once(wish.atPs(), wish.pasid(), wish.page(), wish.write())).toList());
      return new DrivenDevice(device);
    }
  }

  private static final class DrivenDevice implements AtsDeviceSideContract.Subject {
    private final PartHarness<AtsDevice.Command> device;
    private final List<Dma.Transfer> begun = new ArrayList<>();
    private int framesTaken;

    DrivenDevice(PartHarness<AtsDevice.Command> device) {
      this.device = device;
    }

    @Override
    public void hear(Ats.ToDevice message) {
      device.tell(new AtsDevice.IommuSaid(message));
    }

    @Override
    public void runUntil(long untilPs) {
      device.runUntil(untilPs);
    }

    @Override
    public List<Ats.ToIommu> takeSaid() {
      return device.take("iommu", Ats.ToIommu.class);
    }

    @Override
    public List<Long> takeFrames() {
      begun.addAll(device.take("memory", Dma.Transfer.class));
      List<Long> frames =
          begun.subList(framesTaken, begun.size()).stream().map(Dma.Transfer::pfn).toList();
      framesTaken = begun.size();
      return frames;
    }

    @Override
    public void endTransfers() {
      begun.addAll(device.take("memory", Dma.Transfer.class));
      begun.forEach(transfer -> device.tell(
          new AtsDevice.MemoryAnswered(new Dma.Transferred(transfer.tag()))));
    }
  }

  @Nested
  class AsDmaDevice extends DmaDeviceSideContract {
    @Override
    protected Subject subject(int count, int sizeBytes) {
      PartHarness<AtsDevice.Command> device = device(SPEC, Collections.nCopies(
          count, new DmaJob(0, 3, 7, Access.WRITE, 1, 0, sizeBytes)));
      device.settle();
      device.tell(new AtsDevice.IommuSaid(
          new Ats.TranslationCompletion(0, 3, 7, 70, true, 0)));
      return new Subject() {
        @Override
        public void hear(Dma.ToDevice message) {
          device.tell(new AtsDevice.MemoryAnswered(message));
        }

        @Override
        public List<Dma.Transfer> takeSaid() {
          return device.take("memory", Dma.Transfer.class);
        }

        @Override
        public int breaches() {
          return device.marks(MachineFact.ProtocolBreach.class).size();
        }
      };
    }
  }
}
