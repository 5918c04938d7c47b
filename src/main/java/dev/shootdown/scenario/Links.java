package dev.shootdown.scenario;

import dev.shootdown.engine.Link;
import dev.shootdown.interconnect.LatencySpec;
import dev.shootdown.interconnect.Troubles;
import dev.shootdown.interconnect.Wire;
import dev.shootdown.interconnect.WireSpec;
import java.util.Optional;

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
    String ends = from.name() + " -> " + to.name();
    WireSpec spec = machine.wires().byEnds().getOrDefault(ends, machine.wires().byKind().get(kind));
    if (from.socket() != to.socket()) {
      spec = farther(spec, machine.wires().crossSocketPs());
    }
    return troubles.on(from.name(), to.name(), new Wire(spec));
  }

  private static WireSpec farther(WireSpec spec, long morePs) {
    LatencySpec near = spec.latency();
    Optional<Long> maxPs = near.maxPs().map(ps -> ps + morePs);
    Optional<Long> meanPs = near.meanPs().map(ps -> ps + morePs);
    LatencySpec far = new LatencySpec(near.kind(), near.minPs() + morePs, maxPs, meanPs);
    return new WireSpec(far, spec.bandwidthBytesPerSecond(), spec.overheadBytes(), spec.order());
  }
}
