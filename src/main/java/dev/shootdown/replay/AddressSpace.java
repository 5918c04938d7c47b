package dev.shootdown.replay;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Threads that seem to share one page table.
 *
 * @param id counts from 0 in the order in which the spaces were first used
 * @param images its threads, each with the programs that it ran there, counted as by {@link Images}
 * @param explanation why these, and why not those of another space, for a person
 */
public record AddressSpace(
    int id, SortedMap<Integer, SortedSet<Integer>> images, String explanation) {
  /** Its threads, whatever else they were part of. */
  public SortedSet<Integer> tids() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(images.keySet()));
  }

  /** Whether that thread was in it while it ran that program. */
  boolean has(int tid, int image) {
    return images.containsKey(tid) && images.get(tid).contains(image);
  }
}
