package dev.shootdown.kernel.hmm;

import dev.shootdown.config.Limits;

/**
 * A driver that mirrors a process's pages for a GPU.
 *
 * @param timeoutPs how long a fault is tried, in ps
 * @param sequenceInLoop whether each try reads the sequence anew
 * @param retryUnderLock whether a fill is tested under the driver's lock
 * @param costs what its code costs
 */
public record MirrorSpec(
    @Limits(min = 1) long timeoutPs,
    boolean sequenceInLoop,
    boolean retryUnderLock,
    MirrorCosts costs) {}
