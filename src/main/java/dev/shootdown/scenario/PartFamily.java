package dev.shootdown.scenario;

import dev.shootdown.config.Settings;
import dev.shootdown.kernel.iommu.SecondaryDriver;
import dev.shootdown.kernel.notifier.FaultHandlers;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.Program;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Part types that bring their own wires, and perhaps a block of their own in the scenario: what an
 * emulated IOMMU needs, or a virtual machine. They join the machine of CPUs, IOMMUs and devices.
 *
 * <ol>
 *   <li>One instance serves one scenario. Each part of its types is handed to it, in the order in
 *       which they were declared.
 *   <li>When all parts and processes are known, it reads its own blocks and checks what concerns
 *       several parts; then it is handed what a file of accesses has for its parts.
 *   <li>From then on it doesn't change: one scenario is built for many runs, perhaps at a time. All
 *       that changes during a run is made in {@link #build}.
 * </ol>
 */
interface PartFamily {
  /** A part as it was declared; {@code pin} is the partition that it must run in, −1 for any. */
  record Declared(String name, String type, int socket, int pin) {}

  /** A wire that exists, by the names of both ends. */
  record Pair(String from, String to) {}

  /**
   * A component that the notifier brackets of an address space call.
   *
   * @param component its name
   * @param intervalTree whether it is called before those of the list (mmu_interval_notifier)
   * @param wrap makes of a call what the component listens to
   */
  record Subscription(
      int mm, String component, int socket, boolean intervalTree,
      Function<KernelCall.ToKernel, ?> wrap) {}

  /**
   * A component that reads page tables.
   *
   * @param wrap makes of an entry what the component listens to
   */
  record Walker(String component, int socket, Function<PageWalk.ToWalker, ?> wrap) {}

  /**
   * Software of a driver's own that CPUs call as they call lock domains.
   *
   * @param wrap makes of a call what the component listens to
   */
  record Domain(String component, int socket, Function<KernelCall.ToKernel, ?> wrap) {}

  /**
   * A component that hears broadcast invalidations as CPUs do.
   *
   * @param wrap makes of one what the component listens to
   */
  record Snooper(String component, int socket, Function<Broadcast.ToCpu, ?> wrap) {}

  /** Type names, each with a line about it. Defaults stand in {@code parts.TYPE}. */
  List<Catalogue.Entry> types();

  /**
   * Takes a part.
   *
   * @param at its keys, over what {@code tune} says, over the defaults of its type; name, type,
   *     socket and pin have been read already. The family reads the rest and finishes it
   */
  void part(Declared part, Settings at, Names names);

  /** Hears of all CPUs, once all parts have been declared. */
  default void cpus(List<Scenario.CpuPart> cpus) {}

  /** Reads the family's own blocks at the root, and checks what concerns several parts. */
  void complete(Settings root, Names names);

  /** Where accesses of one of its parts go that stand in a file; empty if it takes none. */
  default Optional<AccessTarget> accesses(String part) {
    return Optional.empty();
  }

  /** The wires that {@link #build} will make, for trouble and for {@code machine.wires}. */
  List<Pair> wires();

  /** What wants to hear of notifier brackets. */
  default List<Subscription> subscriptions() {
    return List.of();
  }

  /** What reads page tables, besides CPUs and IOMMUs. */
  default List<Walker> walkers() {
    return List.of();
  }

  /** What CPUs call besides. */
  default List<Domain> domains() {
    return List.of();
  }

  /** What hears broadcast invalidations besides CPUs. */
  default List<Snooper> snoopers() {
    return List.of();
  }

  /** Drivers that a flush of secondary TLBs calls; {@code domainOf} numbers components. */
  default List<SecondaryDriver> drivers(ToIntFunction<String> domainOf) {
    return List.of();
  }

  /** What {@code cpu} runs to serve faults of one of the parts; empty if it doesn't. */
  default Optional<Program> server(
      String cpu, ToIntFunction<String> domainOf, FaultHandlers faults) {
    return Optional.empty();
  }

  /** All of its parts, for a drawing. */
  List<Declared> parts();

  /** Adds components and wires to one run's machine. */
  void build(MachineKit kit);
}
