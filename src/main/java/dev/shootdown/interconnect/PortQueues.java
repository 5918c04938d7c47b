package dev.shootdown.interconnect;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/** What waits for a link that several ports share, and whose turn it is. */
final class PortQueues {
  private static final int COMMON = 0;

  private final PcieSwitchSpec.Arbitration arbitration;
  private final TreeMap<Integer, Deque<PcieSwitch.Carried>> byPort = new TreeMap<>();
  private int served = -1;
  private int size;

  PortQueues(PcieSwitchSpec.Arbitration arbitration) {
    this.arbitration = arbitration;
  }

  void add(int port, PcieSwitch.Carried message) {
    size++;
    boolean apart = arbitration == PcieSwitchSpec.Arbitration.ROUND_ROBIN;
    byPort.computeIfAbsent(apart ? port : COMMON, absent -> new ArrayDeque<>()).add(message);
  }

  int size() {
    return size;
  }

  /** Takes the next message out; there must be one. */
  PcieSwitch.Carried next() {
    Map.Entry<Integer, Deque<PcieSwitch.Carried>> turn = byPort.higherEntry(served);
    if (turn == null) {
      turn = byPort.firstEntry();
    }
    size--;
    served = turn.getKey();
    PcieSwitch.Carried message = turn.getValue().remove();
    if (turn.getValue().isEmpty()) {
      byPort.remove(served);
    }
    return message;
  }
}
