package dev.shootdown.hardware.cpu;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;

/**
 * A CPU core. Times in ps.
 *
 * @param l1Entries first-level TLB entries
 * @param l1Ways its associativity
 * @param l2Entries second-level TLB entries
 * @param l2Ways its associativity
 * @param l2LatencyPs extra time of a second-level hit
 * @param walkPs time of a page walk besides reaching the table
 * @param accessPs time of a load or store that hits
 * @param flushPs fixed time of any TLB flush
 * @param flushPagePs time of one INVLPG
 * @param fullFlushPs time of a full flush besides {@code flushPs}
 * @param ipiSendPs time to issue one interrupt
 * @param interruptEntryPs from the interrupt to its handler
 * @param interruptExitPs from the handler back
 * @param idleWakePs extra time until a halted CPU is in its handler
 * @param spaces address spaces whose entries are kept at once (PCIDs, ASIDs)
 * @param walkCacheEntries page-table pages that the paging-structure cache knows; 0 for none
 * @param walkCachedPs time of a page walk from there, besides reaching the table
 * @param coalesceInterrupts whether a CPU whose queue holds requests already is not interrupted
 *     again; looking into the queue takes a message to it and back
 * @param probePs time to start looking at another CPU's memory
 * @param pti whether user mode has page tables of its own, so that each page is flushed twice
 * @param twinPagePs time of the second flush (INVPCID of the user's identifier)
 * @param issuePs time to issue one broadcast invalidation
 * @param preemption when the CPU doesn't run
 * @param requestPs in the handler, time to fetch one request from its initiator and to say that it
 *     is done
 * @param ipiCluster CPUs of consecutive numbers, from a multiple of it on, that one write of the
 *     interrupt command register reaches: up to 16 in x2APIC's cluster mode
 * @param linesInTurn whether the cache lines that an initiator shares with one target each are
 *     fetched one after the other, each by a message there and back: the target's queue and, once
 *     it has acknowledged, its acknowledgement
 */
public record CpuSpec(
    @Limits(min = 1, max = 65536) int l1Entries,
    @Limits(min = 1, max = 65536) int l1Ways,
    @Limits(min = 1, max = 1048576) int l2Entries,
    @Limits(min = 1, max = 1048576) int l2Ways,
    long l2LatencyPs,
    long walkPs,
    long accessPs,
    long flushPs,
    long flushPagePs,
    long fullFlushPs,
    long ipiSendPs,
    long interruptEntryPs,
    long interruptExitPs,
    long idleWakePs,
    @Limits(min = 1, max = 65536) int spaces,
    @Limits(min = 0, max = 4096) int walkCacheEntries,
    long walkCachedPs,
    boolean coalesceInterrupts,
    long probePs,
    boolean pti,
    long twinPagePs,
    long issuePs,
    PreemptionSpec preemption,
    long requestPs,
    @Limits(min = 1, max = 4096) int ipiCluster,
    boolean linesInTurn)
    implements Checked {
  /** Requests are where the handler is, and nothing depends on how far a target is. */
  public CpuSpec(
      int l1Entries, int l1Ways, int l2Entries, int l2Ways, long l2LatencyPs, long walkPs,
      long accessPs, long flushPs, long flushPagePs, long fullFlushPs, long ipiSendPs,
      long interruptEntryPs, long interruptExitPs, long idleWakePs, int spaces,
      int walkCacheEntries, long walkCachedPs, boolean coalesceInterrupts, long probePs,
      boolean pti, long twinPagePs, long issuePs, PreemptionSpec preemption) {
    this(
        l1Entries, l1Ways, l2Entries, l2Ways, l2LatencyPs, walkPs, accessPs, flushPs, flushPagePs,
        fullFlushPs, ipiSendPs, interruptEntryPs, interruptExitPs, idleWakePs, spaces,
        walkCacheEntries, walkCachedPs, coalesceInterrupts, probePs, pti, twinPagePs, issuePs,
        preemption, 0, 1, false);
  }

  /** Without paging-structure cache, broadcasts, and everything else that came later. */
  public CpuSpec(
      int l1Entries, int l1Ways, int l2Entries, int l2Ways, long l2LatencyPs, long walkPs,
      long accessPs, long flushPs, long flushPagePs, long fullFlushPs, long ipiSendPs,
      long interruptEntryPs, long interruptExitPs, long idleWakePs, int spaces) {
    this(
        l1Entries, l1Ways, l2Entries, l2Ways, l2LatencyPs, walkPs, accessPs, flushPs, flushPagePs,
        fullFlushPs, ipiSendPs, interruptEntryPs, interruptExitPs, idleWakePs, spaces, 0, walkPs,
        false, 0, false, 0, 0, PreemptionSpec.NEVER);
  }

  @Override
  public void check(Settings at) {
    if (l1Entries % l1Ways != 0) {
      at.problem("l1-ways", l1Entries + " entries do not divide into sets of " + l1Ways + " ways");
    }
    if (l2Entries % l2Ways != 0) {
      at.problem("l2-ways", l2Entries + " entries do not divide into sets of " + l2Ways + " ways");
    }
    if (walkCachedPs > walkPs) {
      at.problem("walk-cached", "must be at most walk: it is a part of the same walk");
    }
  }

  /** The same CPU with other times of flushes and interrupts. */
  public CpuSpec withTimes(
      long flush, long ipiSend, long interruptEntry, long interruptExit) {
    return new CpuSpec(
        l1Entries, l1Ways, l2Entries, l2Ways, l2LatencyPs, walkPs, accessPs, flush, flushPagePs,
        fullFlushPs, ipiSend, interruptEntry, interruptExit, idleWakePs, spaces, walkCacheEntries,
        walkCachedPs, coalesceInterrupts, probePs, pti, twinPagePs, issuePs, preemption,
        requestPs, ipiCluster, linesInTurn);
  }

  /** Whether one write of the interrupt command register reaches both. */
  boolean isSameCluster(int one, int other) {
    return one / ipiCluster == other / ipiCluster;
  }

  /** Time to flush with {@code instructions}, or everything if {@code all}. */
  long flushPs(long instructions, boolean all) {
    long pagePs = pti ? flushPagePs + twinPagePs : flushPagePs;
    return flushPs + (all ? fullFlushPs : Math.multiplyExact(instructions, pagePs));
  }
}
