package dev.shootdown.scenario;

import dev.shootdown.engine.Blueprint;
import dev.shootdown.engine.Inlet;
import dev.shootdown.engine.Link;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.scenario.Links.End;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What is needed to add parts and wires to one run's machine: the blueprint under construction, the
 * wires, and who is where.
 *
 * @param cpus CPUs by number
 * @param iommus IOMMUs by number
 * @param tables page tables by address space
 * @param walkers everything that reads page tables, by its number there
 */
record MachineKit(
    Blueprint.Builder builder, Links links, KernelMap map, List<End> cpus, List<End> iommus,
    List<End> tables, List<String> walkers) {
  /** The number of {@code component} at every page table. */
  int walkerNumber(String component) {
    return walkers.indexOf(component);
  }

  /** An inlet of the same name at each of {@code at}. */
  <M> List<Inlet<M>> inlets(List<End> at, String name, Function<? super M, ?> wrap) {
    List<Inlet<M>> inlets = new ArrayList<>();
    for (End end : at) {
      inlets.add(builder.inlet(end.name(), name, wrap));
    }
    return inlets;
  }

  /** A wire of one kind from {@code from} to each of {@code to}. */
  List<Link> wires(String kind, End from, List<End> to) {
    List<Link> wires = new ArrayList<>();
    for (End end : to) {
      wires.add(links.link(kind, from, end));
    }
    return wires;
  }
}
