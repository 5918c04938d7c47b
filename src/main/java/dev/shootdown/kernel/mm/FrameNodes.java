package dev.shootdown.kernel.mm;

import dev.shootdown.protocol.Dma;
import java.util.List;

/** Which frame number is next on each memory node; none is given out twice. */
final class FrameNodes {
  private final FrameNodesSpec spec;
  private final long[] next;
  private int turn;

  FrameNodes(FrameNodesSpec spec) {
    this.spec = spec;
    this.next = spec.firstPfns().stream().mapToLong(Long::longValue).toArray();
  }

  /** The first of so many frames for {@code cpu}, at a multiple of their number. */
  long take(int cpu, long frames) {
    int node = node(cpu);
    long pfn = (next[node] + frames - 1) / frames * frames;
    next[node] = pfn + frames;
    if (Dma.nodeOf(pfn + frames - 1) != node) {
      throw new IllegalStateException("memory node " + node + " has no frame number left");
    }
    return pfn;
  }

  private int node(int cpu) {
    if (next.length == 1) {
      return 0;
    }
    if (spec.interleaved()) {
      turn = (turn + 1) % next.length;
      return turn;
    }
    return spec.nodeOfCpu().get(cpu);
  }
}
