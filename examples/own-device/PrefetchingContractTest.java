package example;

import dev.shootdown.address.Access;
import dev.shootdown.hardware.ats.AtsDeviceLayout;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.AtsDeviceSideContract;
import dev.shootdown.protocol.Dma;
import dev.shootdown.testkit.PartKit;
import dev.shootdown.testkit.Probe;
import java.util.ArrayList;
import java.util.List;

/** What every device with a translation cache owes its IOMMU, asked of this one. */
class PrefetchingContractTest extends AtsDeviceSideContract {
  @Override
  protected Subject subject(List<Wish> wishes) {
    List<DmaJob> jobs = wishes.stream()
        .map(wish -> new DmaJob(wish.atPs(), wish.pasid(), wish.page(),
            wish.write() ? Access.WRITE : Access.READ, 1, 0, 64))
        .toList();
    PartKit<PrefetchingDevice.Command> device = PartKit.named("mine");
    device.start(ctx -> PrefetchingDevice.create(
        new PrefetchingPart.Spec(0, PartKit.ns(100), true), new AtsDeviceLayout(0, 0), jobs, ctx));
    return new Driven(device);
  }

  @Override
  protected boolean holdsLarge() {
    return false;
  }

  private static final class Driven implements Subject {
    private final PartKit<PrefetchingDevice.Command> device;
    private final Probe<Ats.ToIommu> iommu;
    private final Probe<Dma.Transfer> memory;
    private final List<Dma.Transfer> begun = new ArrayList<>();
    private final List<Dma.Transfer> underWay = new ArrayList<>();

    private Driven(PartKit<PrefetchingDevice.Command> device) {
      this.device = device;
      this.iommu = device.probe("iommu", Ats.ToIommu.class);
      this.memory = device.probe("memory", Dma.Transfer.class);
    }

    @Override
    public void hear(Ats.ToDevice message) {
      device.tell(new PrefetchingDevice.IommuSaid(message));
    }

    @Override
    public void runUntil(long untilPs) {
      device.advanceTo(untilPs);
    }

    @Override
    public List<Ats.ToIommu> takeSaid() {
      return iommu.take();
    }

    private void look() {
      List<Dma.Transfer> more = memory.take();
      begun.addAll(more);
      underWay.addAll(more);
    }

    @Override
    public List<Long> takeFrames() {
      look();
      List<Long> frames = begun.stream().map(Dma.Transfer::pfn).toList();
      begun.clear();
      return frames;
    }

    @Override
    public void endTransfers() {
      look();
      underWay.forEach(transfer -> device.tell(
          new PrefetchingDevice.MemoryAnswered(new Dma.Transferred(transfer.tag()))));
      underWay.clear();
    }
  }
}
