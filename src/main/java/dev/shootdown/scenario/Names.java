package dev.shootdown.scenario;

import dev.shootdown.address.PageRange;
import dev.shootdown.config.Nearest;
import dev.shootdown.config.Settings;
import dev.shootdown.scenario.Scenario.Area;
import dev.shootdown.scenario.Scenario.Home;
import dev.shootdown.scenario.Scenario.Process;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What a scenario's names stand for. A name that stands for nothing is a problem of the key that
 * says it, and counts as the first of its kind so that reading can go on.
 */
final class Names {
  private final List<String> parts = new ArrayList<>();
  private final List<String> cpus = new ArrayList<>();
  private final List<String> iommus = new ArrayList<>();
  private final List<String> devices = new ArrayList<>();
  private final List<String> switches = new ArrayList<>();
  private List<Home> files = List.of();
  private List<Process> processes = List.of();

  /** Adds a part; false if there is one of that name. */
  boolean add(String name, String type) {
    if (parts.contains(name)) {
      return false;
    }
    parts.add(name);
    switch (type) {
      case "cpu" -> cpus.add(name);
      case "iommu", "amd-iommu", "smmu" -> iommus.add(name);
      case "ats-device", "dma-device", "bypass-device", "own" -> devices.add(name);
      case "pcie-switch" -> switches.add(name);
      default -> { }
    }
    return true;
  }

  void processes(List<Process> all, List<Home> allFiles) {
    processes = all;
    files = allFiles;
  }

  /** All parts, in the order in which they were declared. */
  List<String> parts() {
    return parts;
  }

  /** The number of the CPU that {@code key} names. */
  int cpu(Settings at, String key) {
    return find(at, key, "cpu", cpus);
  }

  /** The number of the IOMMU that {@code key} names; it must be declared before. */
  int iommu(Settings at, String key) {
    return find(at, key, "iommu", at.text(key), iommus, " before this part");
  }

  /** The number of the PCIe switch that {@code key} names; it must be declared before. */
  int pcieSwitch(Settings at, String key) {
    return find(at, key, "pcie-switch", at.text(key), switches, " before this part");
  }

  /** The number of the device that {@code key} names. */
  int device(Settings at, String key, String name) {
    return find(at, key, "device", name, devices);
  }

  /** Any part that {@code key} names. */
  String part(Settings at, String key) {
    return part(at, key, parts);
  }

  /** One of {@code parts}, which {@code key} names. */
  static String part(Settings at, String key, Collection<String> parts) {
    String name = at.text(key);
    find(at, key, "part", name, List.copyOf(parts));
    return name;
  }

  /** The number of the file that {@code key} names. */
  int file(Settings at, String key) {
    return find(at, key, "file", files.stream().map(Home::name).toList());
  }

  /** The number of the process that {@code key} names. */
  int process(Settings at, String key) {
    return find(at, key, "process", processes.stream().map(Process::name).toList());
  }

  /** The socket that process {@code mm} is at home on. */
  int socketOf(int mm) {
    return mm < processes.size() ? processes.get(mm).socket() : 0;
  }

  /** The pages of the area that {@code key} names in address space {@code mm}. */
  PageRange area(Settings at, String key, int mm) {
    if (mm >= processes.size()) {
      return PageRange.of(0);
    }
    List<Area> areas = processes.get(mm).areas();
    int number = find(at, key, "area", areas.stream().map(Area::name).toList());
    return number < areas.size() ? areas.get(number).range() : PageRange.of(0);
  }

  private static int find(Settings at, String key, String what, List<String> known) {
    return find(at, key, what, at.text(key), known);
  }

  private static int find(
      Settings at, String key, String what, String name, List<String> known) {
    return find(at, key, what, name, known, "");
  }

  private static int find(
      Settings at, String key, String what, String name, List<String> known, String where) {
    int number = known.indexOf(name);
    if (number < 0) {
      String near = Nearest.to(name, known).map(n -> "; did you mean '" + n + "'?").orElse("");
      at.problem(key, "there is no " + what + " '" + name + "'" + where + near);
    }
    return Math.max(number, 0);
  }
}
