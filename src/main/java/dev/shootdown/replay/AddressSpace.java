package dev.shootdown.replay;

import java.util.SortedSet;

/**
 * Threads that seem to share one page table.
 *
 * @param id counts from 0 in the order in which the spaces were first used
 * @param tids its threads
 * @param explanation why these, and why not those of another space, for a person
 */
public record AddressSpace(int id, SortedSet<Integer> tids, String explanation) {}
