package dev.shootdown.scenario;

import dev.shootdown.engine.Link;
import dev.shootdown.interconnect.Troubles;
import dev.shootdown.interconnect.Wire;
import dev.shootdown.interconnect.WireSpec;

/** Makes the wires of one run, each with its own state. */
final class Links {
  private final Scenario.Machine machine;
  private final Troubles troubles;

  Links(Scenario.Machine machine) {
    this.machine = machine;
    this.troubles = new Troubles(machine.trouble(), machine.partTrouble());
  }

  /** The injected trouble of this run. */
  Troubles troubles() {
    return troubles;
  }

  /** One end of a wire: a component and the socket that it is at home on. */
  record End(String name, int socket) {}

  Link link(String kind, End from, End to) {
    Scenario.Wires wires = machine.wires();
    String ends = from.name() + " -> " + to.name();
    WireSpec near = wires.byEnds().getOrDefault(ends, wires.byKind().get(kind));
    WireSpec spec = machine.board().between(near, from, to, wires.crossSocketPs());
    return troubles.on(from.name(), to.name(), new Wire(spec));
  }
}
