package dev.shootdown.kernel.hmm;

import dev.shootdown.config.Limits;

/**
 * What the code of a mirroring driver costs.
 *
 * @param faultPs from a fault's arrival to the first try, in ps
 * @param walkPs looking a page up in the process, besides reaching its page table, in ps
 * @param mapPs holding the lock to map a page, in ps
 * @param loopPs from a try that failed to the next, in ps
 * @param waitPs how long a fault sleeps when the process has no page before it looks again, in ps
 * @param zapRangePs finding the entries of a range, in ps
 * @param zapPs taking one entry away, in ps
 */
public record MirrorCosts(
    long faultPs,
    long walkPs,
    long mapPs,
    @Limits(min = 1, rule = "else a fault that is tried again stops time") long loopPs,
    @Limits(min = 1, rule = "else a fault that waits stops time") long waitPs,
    long zapRangePs,
    long zapPs) {}
