package dev.shootdown.emulator;

import dev.shootdown.emulator.ViommuSpec.Behaviour;
import dev.shootdown.emulator.ViommuSpec.DirtyAttribution;
import dev.shootdown.emulator.ViommuSpec.Flavour;
import dev.shootdown.emulator.ViommuSpec.RangeRule;
import dev.shootdown.emulator.ViommuSpec.WholeUnmap;
import java.util.Optional;

/** Specs for tests. */
final class Specs {
  static final long US = 1_000_000;

  private Specs() {}

  static ViommuSpec viommu(RangeRule rule, WholeUnmap whole) {
    return spec(Flavour.INTEL, Behaviour.QEMU_10_0, rule, whole, true);
  }

  static ViommuSpec viommu(Flavour flavour, Behaviour behaviour) {
    return spec(flavour, behaviour, RangeRule.AS_SHIPPED, WholeUnmap.ONE_EVENT, true);
  }

  static ViommuSpec spec(
      Flavour flavour, Behaviour behaviour, RangeRule rule, WholeUnmap whole, boolean locked) {
    return new ViommuSpec(
        flavour, behaviour, rule, whole, true, flavour == Flavour.INTEL, 48, 18, true, locked,
        DirtyAttribution.EVENT, US, 0, 2 * US, Optional.empty());
  }

  static ViommuSpec migrating(DirtyAttribution attribution) {
    return new ViommuSpec(
        Flavour.INTEL, Behaviour.QEMU_10_0, RangeRule.AS_SHIPPED, WholeUnmap.ONE_EVENT, true, true,
        48, 18, true, true, attribution, US, 0, 2 * US, Optional.of(100 * US));
  }
}
