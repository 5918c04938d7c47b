package dev.shootdown.hardware.cpu;

import dev.shootdown.config.Limits;

/**
 * A host whose physical CPUs the machine's CPUs share as vCPUs. Times in ps.
 *
 * @param physical how many physical CPUs it has; vCPU n stays on number n modulo that
 * @param slicePs how long a vCPU runs while another waits for the same physical CPU
 * @param switchPs from one vCPU's leaving to the next one's running
 * @param spinMaxPs how long a vCPU may wait in a loop before it leaves; 0 for ever
 */
public record HostSpec(
    @Limits(min = 1, max = 65536) int physical, @Limits(min = 1) long slicePs, long switchPs,
    long spinMaxPs) {}
