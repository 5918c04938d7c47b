package dev.shootdown.check;

/**
 * How long entries stayed cached after their page-table entry had been cleared, moved or protected:
 * legal as long as the frame lives, and the measure of how much a policy leaves to luck. Entries
 * that a CPU cannot use because their address space is not loaded count like all others.
 *
 * @param kind the holders
 * @param windows how many such entries were dropped again
 * @param open how many were still held at the end of the run; not part of the other figures
 * @param p50Ns median in ns, to three digits
 * @param p99Ns 99th percentile in ns, to three digits
 * @param maxPs the longest in ps, exact
 */
public record Exposure(
    ComponentKind kind, long windows, long open, long p50Ns, long p99Ns, long maxPs) {}
