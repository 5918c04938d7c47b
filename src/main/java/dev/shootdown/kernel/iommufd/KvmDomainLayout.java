package dev.shootdown.kernel.iommufd;

import java.util.Optional;

/**
 * A domain's place in the machine.
 *
 * @param space the guest's number, which is the PASID of its devices unless they have a first stage
 * @param devices how many devices are attached
 * @param stageOne the guest's own table in front of KVM's, if there is one
 */
public record KvmDomainLayout(int space, int devices, Optional<StageOne> stageOne) {
  /** A domain of KVM's table alone. */
  public KvmDomainLayout(int space, int devices) {
    this(space, devices, Optional.empty());
  }

  /**
   * A guest's own table.
   *
   * @param mm its address space, which is the PASID of its devices
   * @param walkerNumber the domain's number among those who read it
   * @param firstFrame the number that guest page 0 has as a frame in it
   */
  public record StageOne(int mm, int walkerNumber, long firstFrame) {}
}
