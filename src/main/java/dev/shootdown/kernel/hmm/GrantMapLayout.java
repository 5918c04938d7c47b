package dev.shootdown.kernel.hmm;

import dev.shootdown.address.PageRange;

/**
 * A grant map's place in the machine.
 *
 * @param mm address space of the process that has it
 * @param range its pages
 * @param walkerNumber its number at the process's page table
 */
public record GrantMapLayout(int mm, PageRange range, int walkerNumber) {}
