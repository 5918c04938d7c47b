package dev.shootdown.scenario;

import dev.shootdown.address.PageRange;
import dev.shootdown.hardware.ats.AtsDeviceSpec;
import dev.shootdown.hardware.ats.BypassDeviceSpec;
import dev.shootdown.hardware.ats.DmaDeviceSpec;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.hardware.ats.DmaTrace;
import dev.shootdown.hardware.ats.DmaWork;
import dev.shootdown.hardware.cpu.CpuSpec;
import dev.shootdown.hardware.cpu.DvmSpec;
import dev.shootdown.hardware.iommu.IommuSpec;
import dev.shootdown.hardware.memory.MemorySpec;
import dev.shootdown.interconnect.PartTroubleSpec;
import dev.shootdown.interconnect.TroubleSpec;
import dev.shootdown.interconnect.WireSpec;
import dev.shootdown.kernel.arch.Arch;
import dev.shootdown.kernel.arch.ArchSpec;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.kernel.mm.Costs;
import dev.shootdown.kernel.mm.Path;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.Placement;
import dev.shootdown.kernel.notifier.Policy;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A scenario, read and checked.
 *
 * @param title one line
 * @param question what it answers
 * @param expect the verdict that it must come to, as text
 * @param machine the parts and their wires
 * @param kernel the software's rules and costs
 * @param processes address spaces; the index is the number, and the PASID
 * @param files names of files, by number, with their sockets
 * @param work what each CPU does, by the CPU's name
 * @param dma what each device does, by its name
 * @param accesses what each device does besides, out of a file of accesses, by its name
 * @param servers CPUs that serve devices' page requests, by name
 */
public record Scenario(
    String title,
    String question,
    String expect,
    RunSpec run,
    Machine machine,
    Kernel kernel,
    List<Process> processes,
    List<Home> files,
    Map<String, List<Action>> work,
    Map<String, List<DmaJob>> dma,
    Map<String, DmaTrace> accesses,
    List<String> servers) {

  /**
   * The same machine and software with other processes and other work, for a program to fill in.
   */
  public Scenario withWork(List<Process> newProcesses, Map<String, List<Action>> newWork) {
    return new Scenario(
        title, question, expect, run, machine, kernel, newProcesses, files, newWork, dma,
        accesses, servers);
  }

  /** The same with another limit on virtual time. */
  public Scenario withUntilPs(long untilPs) {
    return new Scenario(
        title, question, expect, run.until(untilPs), machine, kernel, processes, files, work, dma,
        accesses, servers);
  }

  /** All that {@code device} does. */
  public DmaWork workOf(DevicePart device) {
    return new DmaWork(
        dma.getOrDefault(device.name(), List.of()),
        accesses.getOrDefault(device.name(), DmaTrace.NONE));
  }

  /** Something with a name on a socket. */
  public record Home(String name, int socket) {}

  /** The parts, in the order in which they were declared, which is their numbering. */
  public record Machine(
      List<CpuPart> cpus,
      List<IommuPart> iommus,
      List<DevicePart> devices,
      List<MemoryPart> memories,
      MemoryNodes.Policy policy,
      Wires wires,
      List<TroubleSpec> trouble,
      List<PartTroubleSpec> partTrouble,
      DvmSpec broadcast,
      Board board,
      List<PartFamily> families) {
    /** The first memory; empty for a machine without. */
    public Optional<MemoryPart> memory() {
      return memories.stream().findFirst();
    }

    /** The same parts with other wires and other trouble in them. */
    public Machine with(Wires otherWires, List<TroubleSpec> otherTrouble) {
      return new Machine(
          cpus, iommus, devices, memories, policy, otherWires, otherTrouble, partTrouble, broadcast,
          board, families);
    }
  }

  /** A CPU; {@code pin} is the partition that it must run in, −1 for any. */
  public record CpuPart(String name, int socket, int pin, CpuSpec spec) {}

  /** An IOMMU of part type {@code type}. */
  public record IommuPart(String name, String type, int socket, int pin, IommuSpec spec) {}

  /** What a device is: a Spec of one of the kinds. */
  public sealed interface DeviceKind {
    /** A device with an ATC. */
    record Ats(AtsDeviceSpec spec) implements DeviceKind {}

    /** A device whose accesses its IOMMU translates. */
    record Dma(DmaDeviceSpec spec) implements DeviceKind {}

    /** A device of physical addresses. */
    record Bypass(BypassDeviceSpec spec) implements DeviceKind {}

    /** A user's own; empty only while a file that will be refused is read on. */
    record Own(Optional<OwnPart<?>> part) implements DeviceKind {}

    /** Whether it caches translations, so that its IOMMU has to send it invalidations. */
    default boolean isCaching() {
      return this instanceof Ats
          || this instanceof Own own
              && own.part().filter(p -> p.place() == OwnPart.Place.ATS_DEVICE).isPresent();
    }
  }

  /**
   * A device.
   *
   * @param iommu number of the IOMMU that it is behind, −1 for none
   * @param above number of the PCIe switch that it is behind, −1 for none
   */
  public record DevicePart(
      String name, int iommu, int above, int socket, int pin, DeviceKind kind) {}

  /** The memory. */
  public record MemoryPart(String name, int socket, int pin, MemorySpec spec) {}

  /** Wires by kind, those that differ by {@code "from -> to"}, and the hop between sockets. */
  public record Wires(
      Map<String, WireSpec> byKind, Map<String, WireSpec> byEnds, long crossSocketPs) {}

  /**
   * What recording a trace costs the recorded machine.
   *
   * @param eventPs per recorded event
   * @param pagePs per page that is given back
   */
  public record TracingCosts(long eventPs, long pagePs) {}

  /**
   * The software.
   *
   * @param arch how CPUs make each other forget
   * @param archSpec its choices
   * @param policy where secondary flushes sit
   * @param drivers the IOMMUs' drivers
   * @param policies all that can be chosen, by name
   */
  public record Kernel(
      Era era, Arch arch, ArchSpec archSpec, Policy policy, DriverSpec drivers, Costs costs,
      TracingCosts tracing, Map<String, Path> paths, Map<String, Policy> policies) {
    /** Era, architecture and policy together. */
    Placement placement() {
      return new Placement(era, arch.architecture(), policy);
    }
  }

  /**
   * An address space, the numbers of the devices bound to it, and its areas.
   *
   * @param pasid the name of the PASID that a path gives it; empty if its PASID is its number
   */
  public record Process(
      String name, int socket, List<Integer> devices, List<Area> areas, Optional<String> pasid) {
    /** An address space whose PASID is its number. */
    public Process(String name, int socket, List<Integer> devices, List<Area> areas) {
      this(name, socket, devices, areas, Optional.empty());
    }
  }

  /** What an area's pages are from the start, besides present or not. */
  public enum PageState {
    /** Anonymous memory, or a file's page if the area has a file. */
    PLAIN,
    /** Frames that have the same content as others' (KSM): read-only. */
    KSM,
    /** The page of zeros: read-only. */
    ZERO,
    /** Memory without a reference count (VM_PFNMAP). */
    PFN_MAPPED,
    /** 2 MiB pages of hugetlb, which stay whole. */
    HUGETLB
  }

  /**
   * What an area's pages are.
   *
   * @param mapped whether they are present from the start
   * @param writable whether they may be written
   * @param dirty whether the page table knows them as written
   * @param huge whether they are 2 MiB pages
   * @param state what else is special about them
   * @param sameAs the area whose frames they share, read-only, as after a fork; empty for none
   */
  public record Pages(
      boolean mapped, boolean writable, boolean dirty, boolean huge, PageState state,
      Optional<AreaName> sameAs, int node) {
    /** Ordinary pages. */
    public static Pages plain(boolean mapped, boolean writable) {
      return new Pages(mapped, writable, writable, false, PageState.PLAIN, Optional.empty(), -1);
    }
  }

  /** An area by the number of its process and its own. */
  public record AreaName(int mm, int area) {}

  /**
   * An area of an address space.
   *
   * @param reserved whether it is only an address that something may move to
   * @param file number of the file behind it, −1 for none
   * @param filePage which page of the file it starts with
   * @param shared whether writes go to the file
   */
  public record Area(
      String name, PageRange range, boolean reserved, Pages pages, int file, long filePage,
      boolean shared) {
    /** An area of ordinary pages. */
    public Area(
        String name, PageRange range, boolean mapped, boolean reserved, boolean writable,
        int file) {
      this(name, range, reserved, Pages.plain(mapped, writable), file, 0, file >= 0);
    }
  }
}
