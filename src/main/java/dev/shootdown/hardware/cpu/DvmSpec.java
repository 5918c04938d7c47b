package dev.shootdown.hardware.cpu;

/**
 * An interconnect that propagates TLB invalidations. Times in ps.
 *
 * @param messagePs how long one instruction's message occupies it; what makes latency grow with the
 *     number of CPUs that broadcast at a time
 * @param syncPs from the last acknowledgement to the answer to the CPU that waits
 */
public record DvmSpec(long messagePs, long syncPs) {}
