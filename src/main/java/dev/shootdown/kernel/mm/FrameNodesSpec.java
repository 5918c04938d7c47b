package dev.shootdown.kernel.mm;

import java.util.List;

/**
 * The memory nodes that frames come from.
 *
 * @param firstPfns of each node, the first frame that is not in use when the run starts
 * @param nodeOfCpu by number
 * @param interleaved whether allocations go to all nodes in turn; else to that of the CPU
 */
public record FrameNodesSpec(
    List<Long> firstPfns, List<Integer> nodeOfCpu, boolean interleaved) {
  /** Keeps copies. */
  public FrameNodesSpec {
    firstPfns = List.copyOf(firstPfns);
    nodeOfCpu = List.copyOf(nodeOfCpu);
  }

  /** A single node. */
  static FrameNodesSpec one(long firstPfn) {
    return new FrameNodesSpec(List.of(firstPfn), List.of(), false);
  }
}
