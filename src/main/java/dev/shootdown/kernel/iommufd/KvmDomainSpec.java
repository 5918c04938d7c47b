package dev.shootdown.kernel.iommufd;

import dev.shootdown.config.Limits;

/**
 * An IOMMU domain whose page table belongs to KVM.
 *
 * @param hook who is told by KVM
 * @param chainCalls indirect calls on the way from KVM to the driver through iommufd
 * @param directCalls the same for a driver that is registered with KVM itself
 * @param callPs one indirect call, in ps
 * @param lockPs taking and giving back the domain's lock, in ps
 * @param onRetry what a device's fault comes to that KVM says to try again
 * @param loopPs from KVM's answer to the next try within the kernel, in ps
 * @param maxMask largest range of one invalidation, as a power of two of pages; above it the whole
 *     domain is invalidated
 * @param nested what goes when KVM's table is the second stage under a guest's own
 */
public record KvmDomainSpec(
    Hook hook,
    @Limits(min = 0, max = 64) int chainCalls,
    @Limits(min = 0, max = 64) int directCalls,
    long callPs,
    long lockPs,
    OnRetry onRetry,
    @Limits(min = 1, rule = "else a fault that loops stops time") long loopPs,
    @Limits(min = 0, max = 45) int maxMask,
    NestedFlushSpec nested) {
  /** A domain that does as Linux does. */
  public KvmDomainSpec(
      Hook hook, int chainCalls, int directCalls, long callPs, long lockPs, OnRetry onRetry,
      long loopPs, int maxMask) {
    this(hook, chainCalls, directCalls, callPs, lockPs, onRetry, loopPs, maxMask,
        new NestedFlushSpec(false, NestedFlushSpec.DeviceTlb.EVERYTHING));
  }

  /** Who is told by KVM. */
  public enum Hook {
    /** iommufd, which calls the driver (cache_invalidate_kvm as proposed). */
    CHAINED,
    /** The driver, as it is by an mm for SVA. */
    DIRECT
  }

  /** What a device's fault comes to that KVM says to try again. */
  public enum OnRetry {
    /** The device is told success, fails again, and asks again. */
    ANSWER_SUCCESS,
    /** The kernel tries again until it works. */
    LOOP
  }

  /** All indirect calls one way, in ps. */
  long hopsPs() {
    return callPs * (hook == Hook.CHAINED ? chainCalls : directCalls);
  }
}
