package dev.shootdown.scenario;

import dev.shootdown.config.Settings;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.scenario.DriverSpec.Driver;
import java.util.List;

/** Flushes that Intel's first SVM driver left until a device works in the PASID again. */
final class IdleFlushes {
  private IdleFlushes() {}

  /** Refuses to leave flushes to machines and kernels that nothing is known about. */
  static void check(Settings root, Scenario scenario) {
    DriverSpec drivers = scenario.kernel().drivers();
    if (!drivers.defersIdle()) {
      return;
    }
    Settings at = root.child("kernel").child("intel-svm");
    if (drivers.iommu() != Driver.INTEL_SVM) {
      at.problem("defer-idle", "only intel-svm does so; write kernel.drivers.iommu = intel-svm");
    }
    if (scenario.kernel().era() == Era.C) {
      at.problem("defer-idle", "it was gone from Linux long before 6.6; write kernel.era = A or B");
    }
    List<Settings> processes = root.children("processes");
    for (int i = 0; i < processes.size() && i < scenario.processes().size(); i++) {
      long caching = scenario.processes().get(i).devices().stream()
          .filter(device -> device < scenario.machine().devices().size())
          .map(scenario.machine().devices()::get).filter(part -> part.kind().isCaching())
          .count();
      if (caching > 1) {
        processes.get(i).notModelled(
            "devices",
            "kernel.intel-svm.defer-idle with two devices in one PASID: which of them the IOMMU"
                + " told to forget, no source that was read says");
      }
    }
  }
}
