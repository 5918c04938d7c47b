package dev.shootdown.scenario;

import dev.shootdown.kernel.mm.Action;
import dev.shootdown.kernel.mm.PathStep;
import dev.shootdown.kernel.mm.PathStep.Primitive;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.scenario.Links.End;
import dev.shootdown.scenario.PartFamily.Snooper;
import dev.shootdown.scenario.PartFamily.Subscription;
import dev.shootdown.scenario.PartFamily.Walker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Who has which number in a machine. Numbering follows declaration order: CPU n is walker n at
 * every page table, IOMMU k is walker (number of CPUs) + k, then come the families' walkers;
 * address space m has PASID m, unless it is given one, see {@link Pasids}.
 */
final class Numbering {
  final List<End> cpus = new ArrayList<>();
  final List<End> iommus = new ArrayList<>();
  final List<End> devices = new ArrayList<>();
  final List<End> domains = new ArrayList<>();
  final List<End> tables = new ArrayList<>();
  final List<Walker> walkers = new ArrayList<>();
  final List<Subscription> subscriptions = new ArrayList<>();
  final List<PartFamily.Domain> driverDomains = new ArrayList<>();
  final List<Snooper> snoopers = new ArrayList<>();
  final List<List<Integer>> mmsByIommu = new ArrayList<>();
  final List<List<Integer>> devicesByIommu = new ArrayList<>();
  final List<End> switches = new ArrayList<>();
  final List<List<Integer>> devicesBySwitch = new ArrayList<>();
  final EmptyTables emptyTables;
  final QueueTails queueTails;
  final DriverLockParts driverLocks;
  final KernelMap map;

  Numbering(Scenario scenario) {
    Scenario.Machine machine = scenario.machine();
    machine.cpus().forEach(cpu -> cpus.add(new End(cpu.name(), cpu.socket())));
    for (Scenario.IommuPart iommu : machine.iommus()) {
      iommus.add(new End(iommu.name(), iommu.socket()));
      mmsByIommu.add(new ArrayList<>());
      devicesByIommu.add(new ArrayList<>());
    }
    for (int i = 0; i < machine.devices().size(); i++) {
      Scenario.DevicePart device = machine.devices().get(i);
      devices.add(new End(device.name(), device.socket()));
      if (device.iommu() >= 0) {
        devicesByIommu.get(device.iommu()).add(i);
      }
    }
    switches(machine);
    bind(scenario);
    for (PartFamily family : machine.families()) {
      walkers.addAll(family.walkers());
      subscriptions.addAll(family.subscriptions());
      driverDomains.addAll(family.domains());
      snoopers.addAll(family.snoopers());
    }
    queueTails = new QueueTails(scenario);
    driverDomains.addAll(queueTails.domains());
    driverLocks = new DriverLockParts(scenario);
    driverDomains.addAll(driverLocks.domains());
    emptyTables = new EmptyTables(scenario);
    subscriptions.addAll(emptyTables.subscriptions());
    subscriptions.sort(
        Comparator.comparing(subscription -> subscription.intervalTree() ? 0 : 1));
    this.map = map(scenario);
    domains(scenario);
  }

  /** The number of the fault queue among the domains; there is one if somebody can fault. */
  int faultQueue() {
    return map.size();
  }

  /** The number of the first driver's domain; they come last. */
  int firstDriverDomain() {
    return domains.size() - driverDomains.size();
  }

  /** The number of {@code component} among the domains. */
  int domainOf(String component) {
    for (int i = 0; i < domains.size(); i++) {
      if (domains.get(i).name().equals(component)) {
        return i;
      }
    }
    throw new IllegalArgumentException(component + " is no lock domain");
  }

  /** The number of {@code device} at its IOMMU. */
  int numberAtIommu(int device, int iommu) {
    return devicesByIommu.get(iommu).indexOf(device);
  }

  /** Who is behind each switch, however far: those with an IOMMU first. */
  private void switches(Scenario.Machine machine) {
    List<Board.SwitchPart> parts = machine.board().switches();
    for (Board.SwitchPart part : parts) {
      switches.add(new End(part.name(), part.socket()));
      devicesBySwitch.add(new ArrayList<>());
    }
    for (boolean translated : List.of(true, false)) {
      for (int i = 0; i < machine.devices().size(); i++) {
        Scenario.DevicePart device = machine.devices().get(i);
        if (device.iommu() >= 0 == translated) {
          for (int at = device.above(); at >= 0; at = parts.get(at).above()) {
            devicesBySwitch.get(at).add(i);
          }
        }
      }
    }
  }

  private void bind(Scenario scenario) {
    for (int mm = 0; mm < scenario.processes().size(); mm++) {
      for (int device : scenario.processes().get(mm).devices()) {
        int iommu = scenario.machine().devices().get(device).iommu();
        if (iommu >= 0 && !mmsByIommu.get(iommu).contains(mm)) {
          mmsByIommu.get(iommu).add(mm);
        }
      }
    }
  }

  private KernelMap map(Scenario scenario) {
    int spaces = scenario.processes().size();
    Collection<List<Action>> work = scenario.work().values();
    boolean locksAnon =
        operates(work, operate -> operate.file() < 0 && uses(operate, Primitive.RMAP_LOCK));
    boolean meets =
        operates(
                work,
                operate ->
                    uses(operate, Primitive.SIGNAL) || uses(operate, Primitive.WAIT)
                        || uses(operate, Primitive.BARRIER))
            || work.stream().flatMap(List::stream).anyMatch(Numbering::isMeeting);
    List<List<Integer>> called = new ArrayList<>();
    for (int mm = 0; mm < spaces; mm++) {
      called.add(new ArrayList<>());
    }
    for (int i = 0; i < subscriptions.size(); i++) {
      called.get(subscriptions.get(i).mm()).add(i);
    }
    return new KernelMap(
        spaces, scenario.files().size(), locksAnon ? anonMaps(scenario, spaces) : List.of(),
        subscriptions.isEmpty() ? List.of() : called, meets);
  }

  /** Address spaces that fork from one another share the reverse map of their first. */
  private static List<Integer> anonMaps(Scenario scenario, int spaces) {
    int[] group = new int[spaces];
    for (int mm = 0; mm < spaces; mm++) {
      group[mm] = mm;
    }
    scenario.work().values().stream().flatMap(List::stream).forEach(
        action -> {
          if (action instanceof Action.Operate operate && operate.child() >= 0) {
            group[operate.child()] = group[operate.mm()];
          }
        });
    List<Integer> dense = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    for (int mm = 0; mm < spaces; mm++) {
      if (!dense.contains(group[mm])) {
        dense.add(group[mm]);
      }
      numbers.add(dense.indexOf(group[mm]));
    }
    return numbers;
  }

  private static boolean operates(
      Collection<List<Action>> work, Predicate<Action.Operate> which) {
    return work.stream().flatMap(List::stream)
        .anyMatch(action -> action instanceof Action.Operate operate && which.test(operate));
  }

  static boolean uses(Action.Operate operate, Primitive primitive) {
    return operate.path().steps().stream().map(PathStep::primitive).anyMatch(primitive::equals);
  }

  private static boolean isMeeting(Action action) {
    return action instanceof Action.Signal || action instanceof Action.Await
        || action instanceof Action.Barrier;
  }

  private void domains(Scenario scenario) {
    for (Scenario.Process process : scenario.processes()) {
      domains.add(new End(process.name() + ".mm", process.socket()));
      End table = new End(process.name() + ".pt", process.socket());
      domains.add(table);
      tables.add(table);
    }
    domains.add(new End("frames", 0));
    scenario.files().forEach(f -> domains.add(new End(f.name() + ".rmap", f.socket())));
    for (int i = 0; i < map.anonMapCount(); i++) {
      domains.add(new End("anon" + i + ".rmap", 0));
    }
    subscriptions.forEach(s -> domains.add(new End(s.component(), s.socket())));
    if (map.meets()) {
      domains.add(new End("rendezvous", 0));
    }
    if (hasFaultQueue(scenario)) {
      domains.add(new End("page-requests", 0));
    }
    driverDomains.forEach(d -> domains.add(new End(d.component(), d.socket())));
  }

  /** Whether some CPU serves devices' page requests, or PASIDs are given out. */
  static boolean hasFaultQueue(Scenario scenario) {
    return !scenario.servers().isEmpty()
        || !Pasids.byProcess(scenario.processes()).isEmpty();
  }
}
