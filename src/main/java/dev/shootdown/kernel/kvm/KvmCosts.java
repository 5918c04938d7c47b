package dev.shootdown.kernel.kvm;

import dev.shootdown.config.Limits;

/**
 * What KVM's code costs.
 *
 * @param faultPs from a fault's arrival to looking the page up, in ps
 * @param checkPs holding the lock to find that a fault must be tried again, or to count an
 *     invalidation's end, in ps
 * @param mapPs holding the lock to map a page, in ps
 * @param waitPs how long a fault sleeps when the host has no page yet before it looks again, in ps
 * @param zapRangePs finding the entries of a range, in ps
 * @param zapPs taking one entry away, in ps
 * @param zapBatch after how many entries an invalidation looks whether others want the lock
 * @param requestPs setting the request of one vCPU, in ps
 * @param reschedulePs giving the CPU up and getting it back, in ps
 */
public record KvmCosts(
    long faultPs,
    long checkPs,
    long mapPs,
    @Limits(min = 1, rule = "else a fault that waits stops time") long waitPs,
    long zapRangePs,
    long zapPs,
    @Limits(min = 1, max = 1 << 20) int zapBatch,
    long requestPs,
    long reschedulePs) {}
