package dev.shootdown.scenario;

import dev.shootdown.kernel.iommu.AmdDriver;
import dev.shootdown.kernel.iommu.AmdV2Driver;
import dev.shootdown.kernel.iommu.Bindings;
import dev.shootdown.kernel.iommu.BoundDriver;
import dev.shootdown.kernel.iommu.CommandQueues;
import dev.shootdown.kernel.iommu.CompositeDriver;
import dev.shootdown.kernel.iommu.GivenPasids;
import dev.shootdown.kernel.iommu.IntelSvmDriver;
import dev.shootdown.kernel.iommu.RangeRule;
import dev.shootdown.kernel.iommu.RangedDriver;
import dev.shootdown.kernel.iommu.SecondaryDriver;
import dev.shootdown.kernel.iommu.SmmuDriver;
import dev.shootdown.kernel.iommu.VtdDriver;
import dev.shootdown.kernel.notifier.PasidRules;
import dev.shootdown.scenario.DriverSpec.Driver;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The IOMMUs' drivers, each with the devices behind its IOMMUs that address spaces are bound to.
 */
final class Drivers {
  private Drivers() {}

  /** All drivers of the machine as one. */
  static SecondaryDriver of(Scenario scenario, Numbering numbers) {
    DriverSpec spec = scenario.kernel().drivers();
    CommandQueues queues = queues(scenario, numbers);
    List<SecondaryDriver> drivers = new ArrayList<>();
    bindings(scenario, numbers).forEach(
        (driver, bound) ->
            drivers.add(
                RangedDriver.of(driver(driver, spec, bound, queues), spec.range())));
    scenario.machine().families().forEach(
        family -> drivers.addAll(family.drivers(numbers::domainOf)));
    SecondaryDriver each =
        drivers.size() == 1 ? drivers.get(0) : new CompositeDriver(drivers);
    boolean none = spec.range().kind() == RangeRule.Kind.NOTHING; // links and VMs included
    SecondaryDriver all = none ? RangedDriver.of(each, spec.range()) : each;
    Map<Integer, Integer> pasids = Pasids.byProcess(scenario.processes());
    return pasids.isEmpty() ? all : new BoundDriver(all, pasids, numbers.faultQueue());
  }

  /** What gives PASIDs to address spaces. */
  static PasidRules pasids(Scenario scenario, Numbering numbers) {
    Map<Integer, Integer> pasids = Pasids.byProcess(scenario.processes());
    Bindings all = new Bindings();
    bindings(scenario, numbers).values().forEach(all::add);
    return pasids.isEmpty()
        ? PasidRules.NONE
        : new GivenPasids(
            pasids, all, numbers.faultQueue(), scenario.kernel().drivers().submitPs(),
            queues(scenario, numbers));
  }

  /** How CPUs come to write commands. */
  static CommandQueues queues(Scenario scenario, Numbering numbers) {
    return numbers.driverLocks.queues(
        numbers, numbers.queueTails.domainOf(scenario, numbers));
  }

  /** What is bound to address spaces, by the driver of its IOMMU. */
  static Map<Driver, Bindings> bindings(Scenario scenario, Numbering numbers) {
    DriverSpec spec = scenario.kernel().drivers();
    Map<Driver, Bindings> bindings = new EnumMap<>(Driver.class);
    for (int mm = 0; mm < scenario.processes().size(); mm++) {
      for (int device : scenario.processes().get(mm).devices()) {
        Scenario.DevicePart part = scenario.machine().devices().get(device);
        if (part.iommu() >= 0) {
          String type = scenario.machine().iommus().get(part.iommu()).type();
          Bindings bound =
              bindings.computeIfAbsent(spec.of(type), driver -> new Bindings());
          int pasid = Pasids.of(scenario.processes(), mm);
          if (part.kind().isCaching()) {
            bound.bind(pasid, part.iommu(), numbers.numberAtIommu(device, part.iommu()));
          } else {
            bound.bind(pasid, part.iommu());
          }
        }
      }
    }
    return bindings;
  }

  private static SecondaryDriver driver(
      Driver driver, DriverSpec spec, Bindings bindings, CommandQueues queues) {
    return switch (driver) {
      case VTD -> new VtdDriver(spec.vtd(), bindings, queues);
      case INTEL_SVM ->
          new IntelSvmDriver(
              bindings, spec.submitPs(), false, spec.defersIdle(), queues);
      case AMD_SVA -> new AmdDriver(bindings, spec.submitPs(), spec.giveUpPs(), queues);
      case AMD_V2 -> new AmdV2Driver(bindings, spec.submitPs(), spec.giveUpPs(), queues);
      case AMD_V2_UNCOUNTED, AMD_V2_UNLOCKED, AMD_V2_COUNTED ->
          AmdV2Driver.beforeInvalidateRange(
              bindings, spec.submitPs(), spec.giveUpPs(), queues);
      case SMMU -> new SmmuDriver(spec.smmuDriver(), bindings, queues);
    };
  }
}
