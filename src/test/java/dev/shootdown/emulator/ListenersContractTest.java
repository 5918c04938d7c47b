package dev.shootdown.emulator;

import dev.shootdown.protocol.GuestDma;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.Vfio;
import dev.shootdown.protocol.VfioContainerSideContract;
import dev.shootdown.protocol.VhostIotlb;
import dev.shootdown.protocol.VhostIotlbBackendSideContract;
import dev.shootdown.protocol.ViommuNotifier;
import dev.shootdown.protocol.ViommuNotifierListenerSideContract;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** The three kinds of devices that a guest can be given, as the emulator sees them. */
class ListenersContractTest {
  /** The frame that a write reaches, −1 if none. */
  private static <C> long reached(PartHarness<C> part, C start) {
    int before = part.marks(MachineFact.Used.class).size();
    part.tell(start);
    part.settle();
    List<MachineFact.Used> used = part.marks(MachineFact.Used.class);
    return used.size() == before ? -1 : used.get(before).pfn();
  }

  @Nested
  class Container extends VfioContainerSideContract {
    @Override
    protected Subject subject() {
      PartHarness<VfioContainer.Command> part = GuestDevices.container();
      return new Subject() {
        private long tags;

        @Override
        public void hear(Vfio.ToContainer message) {
          part.tell(new VfioContainer.EmulatorSaid(message));
        }

        @Override
        public void settle() {
          part.settle();
        }

        @Override
        public List<Vfio.Result> takeSaid() {
          return part.take("emulator", Vfio.Result.class);
        }

        @Override
        public boolean reaches(long page) {
          GuestDma.Start start = new GuestDma.Start(tags++, page, true);
          return reached(part, new VfioContainer.GuestSaid(start)) >= 0;
        }
      };
    }
  }

  private abstract static class Vhost extends VhostIotlbBackendSideContract {
    private final VhostBackendSpec spec;

    Vhost(VhostBackendSpec spec) {
      this.spec = spec;
    }

    @Override
    protected Subject subject() {
      PartHarness<VhostBackend.Command> part = GuestDevices.backend(spec);
      return new Subject() {
        private int framesTaken;

        @Override
        public void hear(VhostIotlb.ToBackend message) {
          part.tell(new VhostBackend.EmulatorSaid(message));
        }

        @Override
        public void write(long tag, long page) {
          part.tell(new VhostBackend.GuestSaid(new GuestDma.Start(tag, page, true)));
        }

        @Override
        public void settle() {
          part.settle();
        }

        @Override
        public List<VhostIotlb.ToEmulator> takeSaid() {
          return part.take("emulator", VhostIotlb.ToEmulator.class);
        }

        @Override
        public List<Long> takeFrames() {
          List<Long> all = part.marks(MachineFact.Used.class).stream()
              .map(MachineFact.Used::pfn).toList();
          List<Long> fresh = all.subList(framesTaken, all.size());
          framesTaken = all.size();
          return fresh;
        }

        @Override
        public int breaches() {
          return part.marks(MachineFact.ProtocolBreach.class).size();
        }
      };
    }
  }

  @Nested
  class PlainBackend extends Vhost {
    PlainBackend() {
      super(GuestDevices.VHOST);
    }
  }

  @Nested
  class CarefulBackend extends Vhost {
    CarefulBackend() {
      super(GuestDevices.CAREFUL);
    }
  }

  @Nested
  class Shadow extends ViommuNotifierListenerSideContract {
    @Override
    protected Subject subject() {
      PartHarness<ShadowTable.Command> part = GuestDevices.shadow();
      return new Subject() {
        private long tags;

        @Override
        public void hear(ViommuNotifier.ToListener message) {
          part.tell(new ShadowTable.EmulatorSaid(message));
        }

        @Override
        public void settle() {
          part.settle();
        }

        @Override
        public List<ViommuNotifier.Taken> takeSaid() {
          return part.take("emulator", ViommuNotifier.Taken.class);
        }

        @Override
        public long reaches(long page) {
          GuestDma.Start start = new GuestDma.Start(tags++, page, true);
          return reached(part, new ShadowTable.GuestSaid(start));
        }
      };
    }
  }
}
