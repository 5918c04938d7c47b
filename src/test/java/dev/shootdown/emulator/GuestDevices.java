package dev.shootdown.emulator;

import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.GuestDma;
import dev.shootdown.protocol.GuestDmaDeviceSideContract;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.Vfio;
import dev.shootdown.protocol.VhostIotlb;
import dev.shootdown.protocol.ViommuNotifier;
import dev.shootdown.protocol.ViommuNotifier.Span;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.function.Function;

/** The three kinds of devices that a guest can be given, for tests. */
final class GuestDevices {
  static final int MM = 1000;
  static final long US = 1_000_000;
  static final VfioContainerSpec VFIO =
      new VfioContainerSpec(false, 4 * US, US, 3 * US, US, 3, 2 * US);
  static final VhostBackendSpec VHOST =
      new VhostBackendSpec(
          false, VhostBackendSpec.Wanted.UNMAP, 2, US, 2 * US, false);
  static final VhostBackendSpec CAREFUL =
      new VhostBackendSpec(false, VhostBackendSpec.Wanted.UNMAP, 2, US, 2 * US, true);
  static final ShadowTableSpec SHADOW = new ShadowTableSpec(US, US, 2 * US);

  private GuestDevices() {}

  static PartHarness<VfioContainer.Command> container() {
    return new PartHarness<>(
        new RecordingCtx<>("nic0"), ctx -> VfioContainer.create(VFIO, MM, ctx));
  }

  static PartHarness<VhostBackend.Command> backend(VhostBackendSpec spec) {
    return new PartHarness<>(
        new RecordingCtx<>("net0"), ctx -> VhostBackend.create(spec, MM, ctx));
  }

  static PartHarness<ShadowTable.Command> shadow() {
    return new PartHarness<>(
        new RecordingCtx<>("shadow0"), ctx -> ShadowTable.create(SHADOW, MM, ctx));
  }

  /** As the contract sees a device; {@code between} is who translates for it. */
  record Contracted<C>(
      PartHarness<C> part, Function<GuestDma.ToDevice, C> wrap, Runnable between)
      implements GuestDmaDeviceSideContract.Subject {
    @Override
    public void hear(GuestDma.ToDevice message) {
      part.tell(wrap.apply(message));
    }

    @Override
    public void settle() {
      between.run();
      part.settle();
    }

    @Override
    public List<GuestDma.Ended> takeSaid() {
      return part.take("guest", GuestDma.Ended.class);
    }

    @Override
    public <F extends MachineFact> List<F> marks(Class<F> kind) {
      return part.marks(kind);
    }
  }

  static GuestDmaDeviceSideContract.Subject contractedContainer() {
    PartHarness<VfioContainer.Command> part = container();
    part.tell(new VfioContainer.EmulatorSaid(new Vfio.MapDma(0, 0x7000, 0x1000, 70, true)));
    part.settle();
    return new Contracted<>(part, VfioContainer.GuestSaid::new, () -> { });
  }

  static GuestDmaDeviceSideContract.Subject contractedBackend() {
    PartHarness<VhostBackend.Command> part = backend(VHOST);
    return new Contracted<>(part, VhostBackend.GuestSaid::new, () -> {
      for (VhostIotlb.Miss miss : part.take("emulator", VhostIotlb.Miss.class)) {
        part.tell(new VhostBackend.EmulatorSaid(
            miss.page() == 7
                ? new VhostIotlb.Update(7, 70, true, 0)
                : new VhostIotlb.Unmapped(miss.page())));
      }
    });
  }

  static GuestDmaDeviceSideContract.Subject contractedShadow() {
    PartHarness<ShadowTable.Command> part = shadow();
    part.tell(new ShadowTable.EmulatorSaid(new ViommuNotifier.Event(
        0, ViommuNotifier.Type.MAP, new Span(0x7000, 0x7fff), 70, true)));
    part.settle();
    return new Contracted<>(part, ShadowTable.GuestSaid::new, () -> { });
  }
}
