package dev.shootdown.scenario;

import dev.shootdown.address.Access;
import dev.shootdown.kernel.iommu.CommandQueues;
import dev.shootdown.kernel.iommu.CommandQueues.Polling;
import dev.shootdown.kernel.iommu.DriverLock;
import dev.shootdown.kernel.iommu.DriverLocksSpec;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.scenario.DriverSpec.Driver;
import dev.shootdown.scenario.PartFamily.Domain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * The spinlocks of IOMMU drivers: one component for each queue, and one for each address space that
 * has one. Where only one CPU can ever flush there are none: its lock never leaves its cache, and
 * what taking it costs is in the time to write commands.
 */
final class DriverLockParts {
  private final Scenario scenario;
  private final DriverLocksSpec spec;
  private final List<Domain> domains = new ArrayList<>();
  private final Map<Integer, String> spaces = new TreeMap<>();
  private final Map<Integer, String> queues = new TreeMap<>();

  /** Those that the drivers of {@code scenario} need. */
  DriverLockParts(Scenario scenario) {
    this.scenario = scenario;
    this.spec = scenario.kernel().drivers().locks();
    if (writers() > 1) {
      List<Scenario.IommuPart> iommus = scenario.machine().iommus();
      for (int i = 0; i < iommus.size(); i++) {
        if (spec.queue() && driver(i) != Driver.SMMU) {
          queues.put(i, add(iommus.get(i).name() + ".queue", iommus.get(i).socket()));
        }
      }
      for (int mm = 0; mm < scenario.processes().size(); mm++) {
        space(mm);
      }
    }
  }

  /** What CPUs call. */
  List<Domain> domains() {
    return domains;
  }

  /** How CPUs come to write commands. */
  CommandQueues queues(Numbering numbers, IntUnaryOperator tails) {
    // As values: a CPU that held the scenario would hold what has no image, a user's own part.
    List<Polling> polling =
        IntStream.range(0, scenario.machine().iommus().size()).mapToObj(this::polling).toList();
    return new CommandQueues(
        tails, domainsOf(spaces, numbers), domainsOf(queues, numbers), polling::get,
        spec.reclaimPs());
  }

  /** Adds the components. */
  void declare(MachineKit kit) {
    for (Domain domain : domains) {
      kit.builder().<DriverLock.Command>component(domain.component(), DriverLock::create);
    }
  }

  private void space(int mm) {
    Scenario.Process process = scenario.processes().get(mm);
    boolean locked = process.devices().stream()
        .map(device -> scenario.machine().devices().get(device).iommu())
        .anyMatch(
            iommu -> iommu >= 0
                && (driver(iommu) == Driver.VTD || driver(iommu) == Driver.AMD_SVA));
    int pasid = Pasids.of(scenario.processes(), mm);
    if (spec.space() && locked && !spaces.containsKey(pasid)) {
      spaces.put(pasid, add(process.name() + ".domain", process.socket()));
    }
  }

  private String add(String name, int socket) {
    domains.add(new Domain(name, socket, DriverLock.Called::new));
    return name;
  }

  private static IntUnaryOperator domainsOf(Map<Integer, String> names, Numbering numbers) {
    Map<Integer, Integer> byNumber = new TreeMap<>();
    names.forEach((number, name) -> byNumber.put(number, numbers.domainOf(name)));
    return number -> byNumber.getOrDefault(number, -1);
  }

  private Polling polling(int iommu) {
    return switch (driver(iommu)) {
      case VTD, INTEL_SVM -> Polling.LOOKS_INSIDE;
      default -> spec.amdWaitsInside() ? Polling.INSIDE : Polling.OUTSIDE;
    };
  }

  private Driver driver(int iommu) {
    return scenario.kernel().drivers().of(scenario.machine().iommus().get(iommu).type());
  }

  /** How many CPUs can come to flush: by a path, by a fault of their own, or for others. */
  private long writers() {
    return scenario.machine().cpus().stream()
        .filter(
            cpu ->
                scenario.servers().contains(cpu.name())
                    || scenario.work().getOrDefault(cpu.name(), List.of()).stream()
                        .anyMatch(DriverLockParts::flushes))
        .count();
  }

  /** A write can fault and then replaces a page; what a read finds missing nobody has cached. */
  private static boolean flushes(Action action) {
    return action instanceof Action.Operate
        || action instanceof Action.TouchAll touch && touch.access() == Access.WRITE;
  }
}
