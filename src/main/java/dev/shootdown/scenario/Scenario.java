package dev.shootdown.scenario;

import dev.shootdown.address.PageRange;
import dev.shootdown.hardware.ats.AtsDeviceSpec;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.hardware.cpu.CpuSpec;
import dev.shootdown.hardware.iommu.IommuSpec;
import dev.shootdown.hardware.memory.MemorySpec;
import dev.shootdown.interconnect.TroubleSpec;
import dev.shootdown.interconnect.WireSpec;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.kernel.mm.Costs;
import dev.shootdown.kernel.mm.Path;
import dev.shootdown.kernel.notifier.Era;
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
    Map<String, List<DmaJob>> dma) {

  /**
   * The same machine and software with other processes and other work, for a program to fill in.
   */
  public Scenario withWork(List<Process> newProcesses, Map<String, List<Action>> newWork) {
    return new Scenario(
        title, question, expect, run, machine, kernel, newProcesses, files, newWork, dma);
  }

  /** The same with another limit on virtual time. */
  public Scenario withUntilPs(long untilPs) {
    RunSpec longer =
        new RunSpec(run.seed(), untilPs, run.epochPs(), run.tieSeed(), run.workers());
    return new Scenario(
        title, question, expect, longer, machine, kernel, processes, files, work, dma);
  }

  /** Something with a name on a socket. */
  public record Home(String name, int socket) {}

  /** The parts, in the order in which they were declared, which is their numbering. */
  public record Machine(
      List<CpuPart> cpus,
      List<IommuPart> iommus,
      List<DevicePart> devices,
      Optional<MemoryPart> memory,
      Wires wires,
      List<TroubleSpec> trouble) {}

  /** A CPU; {@code pin} is the partition that it must run in, −1 for any. */
  public record CpuPart(String name, int socket, int pin, CpuSpec spec) {}

  /** An IOMMU. */
  public record IommuPart(String name, int socket, int pin, IommuSpec spec) {}

  /** A device behind IOMMU number {@code iommu}. */
  public record DevicePart(String name, int iommu, int pin, AtsDeviceSpec spec) {}

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

  /** The software. */
  public record Kernel(
      Era era, int flushCeilingPages, long submitPs, int maxMask, Costs costs,
      TracingCosts tracing, Map<String, Path> paths) {}

  /** An address space, the numbers of the devices bound to it, and its areas. */
  public record Process(String name, int socket, List<Integer> devices, List<Area> areas) {}

  /**
   * An area of an address space.
   *
   * @param mapped whether its pages are present from the start
   * @param reserved whether it is only an address that something may move to
   * @param file number of the file behind it, −1 for none
   */
  public record Area(
      String name, PageRange range, boolean mapped, boolean reserved, boolean writable,
      int file) {}
}
