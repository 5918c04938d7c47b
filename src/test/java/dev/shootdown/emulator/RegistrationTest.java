package dev.shootdown.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.emulator.VhostBackendSpec.Wanted;
import dev.shootdown.emulator.ViommuSpec.Behaviour;
import dev.shootdown.emulator.ViommuSpec.Flavour;
import dev.shootdown.protocol.ViommuNotifier.Type;
import org.junit.jupiter.api.Test;

class RegistrationTest {
  private static Type of(boolean ats, Wanted wish, Flavour flavour, Behaviour behaviour) {
    VhostBackendSpec backend = new VhostBackendSpec(ats, wish, 1, 0, 0, false);
    return Registration.of(backend, Specs.viommu(flavour, behaviour));
  }

  @Test
  void shouldAskForDeviceTlbsWhateverTheDeviceOffersIn72() {
    assertThat(of(false, Wanted.AS_SHIPPED, Flavour.INTEL, Behaviour.QEMU_7_2))
        .isEqualTo(Type.DEVIOTLB_UNMAP);
    assertThat(of(false, Wanted.AS_SHIPPED, Flavour.INTEL, Behaviour.QEMU_10_0))
        .isEqualTo(Type.UNMAP);
    assertThat(of(true, Wanted.AS_SHIPPED, Flavour.INTEL, Behaviour.QEMU_10_0))
        .isEqualTo(Type.DEVIOTLB_UNMAP);
    assertThat(of(true, Wanted.UNMAP, Flavour.INTEL, Behaviour.QEMU_7_2))
        .isEqualTo(Type.UNMAP);
  }

  @Test
  void shouldFallBackWhenAnSmmuRefusesDeviceTlbs() {
    ViommuSpec smmu = Specs.viommu(Flavour.SMMUV3, Behaviour.QEMU_7_2);

    assertThat(of(true, Wanted.AS_SHIPPED, Flavour.SMMUV3, Behaviour.QEMU_7_2))
        .isEqualTo(Type.UNMAP);
    assertThat(Registration.refusal(
        Listener.cache("net0", 0, Type.DEVIOTLB_UNMAP), smmu)).isPresent();
    assertThat(Registration.refusal(
        Listener.exact("nic0", Listener.Kind.VFIO, 0), smmu)).isPresent();
    assertThat(Registration.refusal(
        Listener.cache("net0", 0, Type.UNMAP), smmu)).isEmpty();
  }
}
