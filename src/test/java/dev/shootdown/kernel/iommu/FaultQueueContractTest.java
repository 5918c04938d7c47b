package dev.shootdown.kernel.iommu;

import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.DeviceFaultsKernelSideContract;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PartHarness;
import java.util.List;

class FaultQueueContractTest extends DeviceFaultsKernelSideContract {
  private static final int THREADS = 8;

  @Override
  protected Subject subject() {
    PartHarness<FaultQueue.Command> queue = new PartHarness<>(
        new RecordingCtx<FaultQueue.Command>("prq")
            .withPorts("iommus", 1).withPorts("cpus", THREADS),
        ctx -> FaultQueue.create(
            KernelCall.TakePageRequests.class,
            fault -> new KernelCall.PageRequests(
                fault.iommu(), fault.device(), fault.pasid(), fault.group(), fault.stalled(),
                List.of()),
            ctx));
    return new Subject() {
      private int asked;

      @Override
      public void hear(DeviceFaults.ToKernel message) {
        queue.tell(new FaultQueue.IommuSaid(message));
      }

      /** Each thread asks once; those that ask in vain sleep. */
      @Override
      public void settle() {
        for (int i = 0; i < 2; i++) {
          queue.tell(new FaultQueue.Arrived(new KernelCall.Call(
              asked % THREADS, -1, asked++, new KernelCall.TakePageRequests())));
        }
        queue.settle();
      }

      @Override
      public List<DeviceFaults.ToIommu> takeSaid() {
        return queue.take("iommus", DeviceFaults.ToIommu.class);
      }
    };
  }
}
