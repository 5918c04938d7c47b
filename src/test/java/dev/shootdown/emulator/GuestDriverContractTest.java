package dev.shootdown.emulator;

import static dev.shootdown.emulator.Specs.US;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.GuestDma;
import dev.shootdown.protocol.GuestDmaGuestSideContract;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.ViommuQueue;
import dev.shootdown.protocol.ViommuQueueGuestSideContract;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;

class GuestDriverContractTest {
  private static final PageRange PAGE = PageRange.of(8);

  private static PartHarness<GuestDriver.Command> guest(GuestAction... work) {
    GuestDriverSpec spec =
        new GuestDriverSpec(
            GuestDriverSpec.Mode.STRICT, 3, 100 * US, false, false, US, US, US, US, US, US);
    GuestLayout layout = new GuestLayout(1000, 0, 48, 18, false, List.of(0));
    return new PartHarness<>(
        new RecordingCtx<GuestDriver.Command>("g0").withPorts("devices", 1),
        ctx -> GuestDriver.create(spec, layout, List.of(work), ctx));
  }

  private static int breaches(PartHarness<GuestDriver.Command> guest) {
    return guest.marks(MachineFact.ProtocolBreach.class).size();
  }

  @Nested
  class AsOwnerOfAQueue extends ViommuQueueGuestSideContract {
    @Override
    protected Subject subject() {
      PartHarness<GuestDriver.Command> guest =
          guest(new GuestAction.Map(PAGE, false), new GuestAction.Unmap(PAGE));
      return new Subject() {
        @Override
        public void hear(ViommuQueue.ToGuest message) {
          guest.tell(new GuestDriver.ViommuSaid(message));
        }

        @Override
        public void settle() {
          guest.settle();
        }

        @Override
        public long nowPs() {
          return guest.nowPs();
        }

        @Override
        public List<ViommuQueue.ToViommu> takeSaid() {
          List<ViommuQueue.ToViommu> said =
              new ArrayList<>(guest.take("viommu", ViommuQueue.ToViommu.class));
          said.addAll(guest.take("reader", ViommuQueue.ToViommu.class));
          return said;
        }

        @Override
        public int framesFreed() {
          return guest.marks(MachineFact.FramesFreed.class).size();
        }

        @Override
        public int breaches() {
          return GuestDriverContractTest.breaches(guest);
        }
      };
    }
  }

  @Nested
  class AsStarterOfTransfers extends GuestDmaGuestSideContract {
    @Override
    protected Subject subject() {
      PartHarness<GuestDriver.Command> guest = guest(
          new GuestAction.Dma(0, 7, true, 1, 0), new GuestAction.Dma(0, 8, true, 1, 0),
          new GuestAction.AwaitDma(), new GuestAction.Dma(0, 9, false, 1, 0));
      return new Subject() {
        @Override
        public void hear(GuestDma.ToGuest message) {
          guest.tell(new GuestDriver.DeviceSaid(message));
        }

        @Override
        public void settle() {
          guest.settle();
        }

        @Override
        public List<GuestDma.Start> takeSaid() {
          return guest.take("devices", GuestDma.Start.class);
        }

        @Override
        public int breaches() {
          return GuestDriverContractTest.breaches(guest);
        }
      };
    }
  }
}
