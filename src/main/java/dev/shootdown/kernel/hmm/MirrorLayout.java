package dev.shootdown.kernel.hmm;

import dev.shootdown.address.PageRange;

/**
 * A mirror's place in the machine.
 *
 * @param mm address space of the process
 * @param range the pages that it mirrors
 * @param walkerNumber its number at the process's page table
 */
public record MirrorLayout(int mm, PageRange range, int walkerNumber, MirrorDriver driver) {}
