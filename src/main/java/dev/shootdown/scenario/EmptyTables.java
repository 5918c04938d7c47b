package dev.shootdown.scenario;

import dev.shootdown.engine.Inlet;
import dev.shootdown.engine.Link;
import dev.shootdown.hardware.iommu.Iommu;
import dev.shootdown.kernel.iommu.Bindings;
import dev.shootdown.kernel.iommu.EmptyTable;
import dev.shootdown.kernel.iommu.EmptyTableLayout;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.scenario.DriverSpec.Driver;
import dev.shootdown.scenario.Links.End;
import dev.shootdown.scenario.PartFamily.Subscription;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of old IOMMUv2 drivers that hears of brackets: one component for each address space and
 * driver. IOMMUs answer them as they answer CPUs, under numbers behind those of the CPUs.
 */
final class EmptyTables {
  private record Table(Driver driver, Subscription subscription) {
    End end() {
      return new End(subscription.component(), subscription.socket());
    }
  }

  private final List<Table> tables = new ArrayList<>();

  /** Those that the drivers of {@code scenario} need. */
  EmptyTables(Scenario scenario) {
    for (int mm = 0; mm < scenario.processes().size(); mm++) {
      Scenario.Process process = scenario.processes().get(mm);
      for (Driver driver : Driver.values()) {
        if (driver.emptiesTables() && isUsed(scenario, process, driver)) {
          String name = process.name() + suffix(driver);
          tables.add(
              new Table(
                  driver,
                  new Subscription(mm, name, process.socket(), false, EmptyTable.Called::new)));
        }
      }
    }
  }

  private static String suffix(Driver driver) {
    return switch (counting(driver)) {
      case NONE -> ".v2";
      case UNLOCKED -> ".v2u";
      case LOCKED -> ".v2c";
    };
  }

  private static EmptyTableLayout.Counting counting(Driver driver) {
    return switch (driver) {
      case AMD_V2_COUNTED -> EmptyTableLayout.Counting.LOCKED;
      case AMD_V2_UNLOCKED -> EmptyTableLayout.Counting.UNLOCKED;
      default -> EmptyTableLayout.Counting.NONE;
    };
  }

  private static boolean isUsed(Scenario scenario, Scenario.Process process, Driver driver) {
    return process.devices().stream()
        .map(device -> scenario.machine().devices().get(device).iommu())
        .anyMatch(
            iommu -> iommu >= 0
                && scenario.kernel().drivers().of(scenario.machine().iommus().get(iommu).type())
                    == driver);
  }

  List<Subscription> subscriptions() {
    return tables.stream().map(Table::subscription).toList();
  }

  /** Adds the components. */
  void declare(MachineKit kit, Scenario scenario, Numbering numbers) {
    DriverSpec spec = scenario.kernel().drivers();
    for (int i = 0; i < tables.size(); i++) {
      Table table = tables.get(i);
      Bindings bindings = Drivers.bindings(scenario, numbers).get(table.driver());
      EmptyTableLayout layout =
          new EmptyTableLayout(
              table.subscription().mm(), numbers.cpus.size() + i,
              counting(table.driver()), spec.heldUpPs(), spec.submitPs(), spec.giveUpPs());
      kit.builder().<EmptyTable.Command>component(
          table.end().name(), ctx -> EmptyTable.create(layout, bindings, ctx));
    }
  }

  /** What IOMMUs answer, besides CPUs. */
  List<Inlet<Invalidation.ToCpu>> inlets(MachineKit kit) {
    return kit.inlets(ends(), "status", EmptyTable.IommuAnswered::new);
  }

  /** The wires of those answers from {@code iommu}. */
  List<Link> answers(MachineKit kit, End iommu) {
    return kit.wires("status-write", iommu, ends());
  }

  /** Adds the doorbells. */
  void ring(MachineKit kit, List<End> iommus) {
    List<Inlet<Invalidation.ToIommu>> doorbells =
        kit.inlets(iommus, "doorbell", Iommu.CpuSaid::new);
    for (End end : ends()) {
      kit.builder().connectFamily(
          end.name(), "iommus", doorbells, kit.wires("doorbell", end, iommus));
    }
  }

  private List<End> ends() {
    return tables.stream().map(Table::end).toList();
  }
}
