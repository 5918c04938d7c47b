package dev.shootdown.emulator;

import dev.shootdown.protocol.Vfio;
import dev.shootdown.protocol.VfioEmulatorSideContract;
import dev.shootdown.protocol.VhostIotlb;
import dev.shootdown.protocol.VhostIotlbEmulatorSideContract;
import dev.shootdown.protocol.ViommuNotifier;
import dev.shootdown.protocol.ViommuNotifierEmulatorSideContract;
import dev.shootdown.protocol.ViommuQueue;
import dev.shootdown.protocol.ViommuQueueViommuSideContract;
import java.util.List;
import org.junit.jupiter.api.Nested;

class ViommuContractTest {
  private static final Listener NIC = Listener.exact("nic0", Listener.Kind.VFIO, 0);
  private static final Listener NET = Listener.cache("net0", 0, ViommuNotifier.Type.UNMAP);
  private static final Listener SHADOW = Listener.exact("shadow0", Listener.Kind.SHADOW, 0);

  @Nested
  class AsCallerOfIoctls extends VfioEmulatorSideContract {
    @Override
    protected Subject subject() {
      EmulatorRig rig = new EmulatorRig(NIC);
      return new Subject() {
        @Override
        public void hear(Vfio.ToEmulator message) {
          rig.part.tell(new Viommu.ContainerSaid(message));
        }

        @Override
        public void guestMapsTwoPages() {
          rig.set(8, 80);
          rig.set(9, 90);
          rig.flush(8, 9);
        }

        @Override
        public void settle() {
          rig.settle();
        }

        @Override
        public boolean isDone() {
          return rig.isDone();
        }

        @Override
        public List<Vfio.ToContainer> takeSaid() {
          return rig.part.take("containers", Vfio.ToContainer.class);
        }

        @Override
        public int breaches() {
          return rig.breaches();
        }
      };
    }
  }

  @Nested
  class AsTranslator extends VhostIotlbEmulatorSideContract {
    @Override
    protected Subject subject() {
      EmulatorRig rig = new EmulatorRig(NET);
      rig.set(8, 80);
      return new Subject() {
        @Override
        public void hear(VhostIotlb.ToEmulator message) {
          rig.part.tell(new Viommu.BackendSaid(0, message));
        }

        @Override
        public void guestFlushes() {
          rig.flush(8);
        }

        @Override
        public void settle() {
          rig.settle();
        }

        @Override
        public boolean isDone() {
          return rig.isDone();
        }

        @Override
        public List<VhostIotlb.ToBackend> takeSaid() {
          return rig.part.take("backends", VhostIotlb.ToBackend.class);
        }

        @Override
        public int breaches() {
          return rig.breaches();
        }
      };
    }
  }

  @Nested
  class AsNotifier extends ViommuNotifierEmulatorSideContract {
    @Override
    protected Subject subject() {
      EmulatorRig rig = new EmulatorRig(SHADOW);
      return new Subject() {
        @Override
        public void hear(ViommuNotifier.ToEmulator message) {
          rig.part.tell(new Viommu.ShadowSaid(message));
        }

        @Override
        public void guestChanges(boolean mapped) {
          rig.set(8, mapped ? 80 : -1);
          rig.flush(8);
        }

        @Override
        public void settle() {
          rig.settle();
        }

        @Override
        public boolean isDone() {
          return rig.isDone();
        }

        @Override
        public List<ViommuNotifier.ToListener> takeSaid() {
          return rig.part.take("shadows", ViommuNotifier.ToListener.class);
        }

        @Override
        public int breaches() {
          return rig.breaches();
        }
      };
    }
  }

  @Nested
  class AsQueue extends ViommuQueueViommuSideContract {
    @Override
    protected Subject subject() {
      EmulatorRig rig = new EmulatorRig(NIC);
      rig.set(8, 80);
      return new Subject() {
        @Override
        public void hear(ViommuQueue.ToViommu message) {
          rig.part.tell(new Viommu.GuestSaid(message));
        }

        @Override
        public void settle() {
          rig.settle();
          List<Vfio.ToContainer> asked = rig.part.take("containers", Vfio.ToContainer.class);
          while (!asked.isEmpty()) {
            for (Vfio.ToContainer message : asked) {
              long ticket = message instanceof Vfio.MapDma map
                  ? map.ticket() : ((Vfio.UnmapDma) message).ticket();
              rig.part.tell(new Viommu.ContainerSaid(
                  new Vfio.Result(ticket, Vfio.Status.OK, 0, List.of())));
            }
            rig.settle();
            asked = rig.part.take("containers", Vfio.ToContainer.class);
          }
        }

        @Override
        public boolean hasRead() {
          return rig.hasRead();
        }

        @Override
        public List<ViommuQueue.ToGuest> takeSaid() {
          return rig.part.take("guest", ViommuQueue.ToGuest.class);
        }

        @Override
        public int breaches() {
          return rig.breaches();
        }
      };
    }
  }
}
