package dev.shootdown.kernel.iommu;

/**
 * How CPUs get places in a command queue that all of them insert into.
 *
 * @param insertion the instruction that moves the queue's tail
 * @param linePs what it takes to bring the tail's cache line from another CPU, in ps
 * @param hopPs how much more that takes from another socket, in ps
 */
public record QueueTailSpec(Insertion insertion, long linePs, long hopPs) {
  /** Nobody competes. */
  public static final QueueTailSpec AT_ONCE = new QueueTailSpec(Insertion.AT_ONCE, 0, 0);

  /** The instruction that moves the tail. */
  public enum Insertion {
    /** A place costs nothing beyond the writing of the commands. */
    AT_ONCE,
    /**
     * Compare-and-swap of what was read before; who finds another value there tries again with that
     * one (Linux since 5.4, {@code arm_smmu_cmdq_issue_cmdlist}).
     */
    CAS,
    /** Fetch-and-add, which never fails (J. Garry, "Improve cmdq lock efficiency" v2, 2020). */
    FETCH_ADD
  }
}
