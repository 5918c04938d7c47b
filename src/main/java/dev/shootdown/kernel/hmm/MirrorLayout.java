package dev.shootdown.kernel.hmm;

import dev.shootdown.address.PageRange;

/**
 * A mirror's place in the machine.
 *
 * @param mm address space of the process
 * @param range the pages that it mirrors and subscribes to
 * @param walkerNumber its number at the process's page table
 * @param waitsForJobs whether the GPU lets running jobs end before it forgets, so that a start
 *     callback may take as long as a job
 */
public record MirrorLayout(int mm, PageRange range, int walkerNumber, boolean waitsForJobs) {}
