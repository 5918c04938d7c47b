package dev.shootdown.scenario;

import dev.shootdown.kernel.iommu.QueueTail;
import dev.shootdown.kernel.iommu.QueueTailSpec;
import dev.shootdown.scenario.DriverSpec.Driver;
import dev.shootdown.scenario.PartFamily.Domain;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Where CPUs compete for places in command queues: one component for each SMMU, if they do. */
final class QueueTails {
  private final QueueTailSpec spec;
  private final List<Integer> sockets = new ArrayList<>();
  private final List<Scenario.IommuPart> smmus = new ArrayList<>();

  /** Those that the drivers of {@code scenario} need. */
  QueueTails(Scenario scenario) {
    DriverSpec drivers = scenario.kernel().drivers();
    spec = drivers.smmuDriver().insertion();
    scenario.machine().cpus().forEach(cpu -> sockets.add(cpu.socket()));
    for (Scenario.IommuPart iommu : scenario.machine().iommus()) {
      if (drivers.of(iommu.type()) == Driver.SMMU
          && spec.insertion() != QueueTailSpec.Insertion.AT_ONCE) {
        smmus.add(iommu);
      }
    }
  }

  /** What CPUs call. */
  List<Domain> domains() {
    return smmus.stream()
        .map(smmu -> new Domain(name(smmu), smmu.socket(), QueueTail.Called::new)).toList();
  }

  /** By the number of an IOMMU, which domain gives places; −1 for none. */
  IntUnaryOperator domainOf(Scenario scenario, Numbering numbers) {
    // Numbers alone: a CPU that held the scenario would hold what has no image, a user's own part.
    int[] domains = scenario.machine().iommus().stream()
        .mapToInt(part -> smmus.contains(part) ? numbers.domainOf(name(part)) : -1).toArray();
    return iommu -> domains[iommu];
  }

  /** Adds the components. */
  void declare(MachineKit kit) {
    for (Scenario.IommuPart smmu : smmus) {
      kit.builder().<QueueTail.Command>component(
          name(smmu), ctx -> QueueTail.create(spec, sockets, ctx));
    }
  }

  private static String name(Scenario.IommuPart smmu) {
    return smmu.name() + ".cmdq";
  }
}
