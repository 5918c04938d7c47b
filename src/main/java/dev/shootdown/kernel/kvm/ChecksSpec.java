package dev.shootdown.kernel.kvm;

/**
 * Which tests of the retry protocol are made; each exists to be taken away.
 *
 * @param early whether a fault tests for retry before it looks the page up, and again before it
 *     takes the lock (d02c357e5bfa, 6.8)
 * @param inProgress whether invalidations under way count
 * @param sequence whether invalidations that ended meanwhile count
 * @param sequenceFirst whether the sequence is read before anything is derived from the host's
 *     table (13ec9308a857: it was not)
 * @param underLock whether the last test is made under the lock
 */
public record ChecksSpec(
    boolean early, boolean inProgress, boolean sequence, boolean sequenceFirst,
    boolean underLock) {}
