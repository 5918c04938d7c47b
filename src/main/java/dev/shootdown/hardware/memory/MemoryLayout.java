package dev.shootdown.hardware.memory;

/**
 * A memory's place in the machine.
 *
 * @param node its number among the memory nodes
 * @param devices how many devices and IOMMUs every memory answers, who have the numbers below
 */
public record MemoryLayout(int node, int devices) {
  /** The only memory that there is for its devices: all frames are its own. */
  public static final MemoryLayout ONLY = new MemoryLayout(0, 0);

  /** The member of the ports {@code nodes} that leads to another node. */
  int member(int other) {
    return other < node ? other : other - 1;
  }

  /** The number that this memory has among the devices of another node. */
  int numberAt(int other) {
    return devices + (node < other ? node : node - 1);
  }
}
