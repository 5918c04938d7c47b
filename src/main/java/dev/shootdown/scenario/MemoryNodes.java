package dev.shootdown.scenario;

import dev.shootdown.config.Settings;
import dev.shootdown.kernel.mm.FrameNodesSpec;
import dev.shootdown.scenario.Scenario.MemoryPart;
import java.util.ArrayList;
import java.util.List;

/** The memory nodes of a machine, in the order in which its memories were declared. */
final class MemoryNodes {
  /** Where pages go for which nothing else is said. */
  enum Policy {
    /**
     * To the node of the CPU that allocates them (Linux's default, MPOL_LOCAL); what is mapped when
     * the run starts, to the node of the process's home.
     */
    FIRST_TOUCH,
    /** To all nodes in turn (MPOL_INTERLEAVE). */
    INTERLEAVE
  }

  private final Scenario.Machine machine;

  MemoryNodes(Scenario.Machine machine) {
    this.machine = machine;
  }

  /** How many there are; a machine without any counts as one. */
  int count() {
    return Math.max(1, machine.memories().size());
  }

  /** The first node at home on {@code socket}; node 0 where none is. */
  int of(int socket) {
    List<MemoryPart> memories = machine.memories();
    for (int node = 0; node < memories.size(); node++) {
      if (memories.get(node).socket() == socket) {
        return node;
      }
    }
    return 0;
  }

  boolean isInterleaved() {
    return machine.policy() == Policy.INTERLEAVE;
  }

  /** What gives out frames, the first of each node being {@code firstPfns}. */
  FrameNodesSpec frames(List<Long> firstPfns) {
    List<Integer> byCpu = new ArrayList<>();
    machine.cpus().forEach(cpu -> byCpu.add(of(cpu.socket())));
    return new FrameNodesSpec(firstPfns, byCpu, isInterleaved());
  }

  /** Refuses areas on nodes that aren't there. */
  static void check(Settings root, Scenario scenario) {
    int nodes = new MemoryNodes(scenario.machine()).count();
    List<Settings> processes = root.children("processes");
    for (int mm = 0; mm < processes.size() && mm < scenario.processes().size(); mm++) {
      List<Settings> areas = processes.get(mm).children("areas");
      List<Scenario.Area> known = scenario.processes().get(mm).areas();
      for (int i = 0; i < areas.size() && i < known.size(); i++) {
        int node = known.get(i).pages().node();
        if (node >= nodes) {
          areas.get(i).problem(
              "node", "there is no memory node " + node + "; the machine has " + nodes
                  + ", counted from 0");
        }
      }
    }
  }
}
