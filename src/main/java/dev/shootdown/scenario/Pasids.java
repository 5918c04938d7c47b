package dev.shootdown.scenario;

import dev.shootdown.config.Settings;
import dev.shootdown.scenario.Scenario.Process;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * PASIDs by name, which processes have one after the other. They are numbered behind the processes,
 * in the order in which those name them, so that none is the number of an address space.
 */
final class Pasids {
  private Pasids() {}

  /** By address space, the PASID that it may have; not those whose PASID is their number. */
  static Map<Integer, Integer> byProcess(List<Process> processes) {
    Map<Integer, Integer> numbers = new TreeMap<>();
    List<String> names = new ArrayList<>();
    for (int mm = 0; mm < processes.size(); mm++) {
      String name = processes.get(mm).pasid().orElse("");
      if (!name.isEmpty()) {
        if (!names.contains(name)) {
          names.add(name);
        }
        numbers.put(mm, processes.size() + names.indexOf(name));
      }
    }
    return numbers;
  }

  /** What devices call {@code mm} by. */
  static int of(List<Process> processes, int mm) {
    return byProcess(processes).getOrDefault(mm, mm);
  }

  /** Refuses a process whose driver gives it a page table of its own instead of a PASID. */
  static void check(Settings root, Scenario scenario) {
    List<Settings> all = root.children("processes");
    for (int mm = 0; mm < all.size() && mm < scenario.processes().size(); mm++) {
      boolean empties =
          scenario.processes().get(mm).devices().stream()
              .filter(device -> device < scenario.machine().devices().size())
              .map(device -> scenario.machine().devices().get(device).iommu())
              .filter(iommu -> iommu >= 0 && iommu < scenario.machine().iommus().size())
              .map(iommu -> scenario.machine().iommus().get(iommu).type())
              .anyMatch(type -> scenario.kernel().drivers().of(type).emptiesTables());
      if (empties && scenario.processes().get(mm).pasid().isPresent()) {
        all.get(mm).notModelled(
            "pasid",
            "AMD's driver before Linux 3.19 is not modelled with PASIDs that are given out");
      }
    }
  }

  /** By PASID, the first process that may have it. */
  static Map<Integer, Integer> pool(List<Process> processes) {
    Map<Integer, Integer> pool = new TreeMap<>();
    byProcess(processes).forEach((mm, pasid) -> pool.putIfAbsent(pasid, mm));
    return pool;
  }
}
