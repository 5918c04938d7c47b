package dev.shootdown.kernel.notifier;

import java.util.List;

/**
 * Which lock domain stands behind which number of a CPU's {@code domains} ports: the address spaces
 * with their tables, the frames, the files, then the anonymous reverse maps, the subscribers and
 * the rendezvous.
 *
 * @param spaces how many address spaces there are
 * @param files how many files there are
 * @param anonMaps by address space, which anonymous reverse map it uses; spaces that forked from
 *     one another share one. Empty if there are none
 * @param subscribers by address space, which subscribers its brackets call, in call order: those of
 *     the interval tree first. Empty if there are none
 * @param meets whether there is a rendezvous
 */
public record KernelMap(
    int spaces, int files, List<Integer> anonMaps, List<List<Integer>> subscribers,
    boolean meets) {
  /** Without anonymous reverse maps, subscribers and rendezvous. */
  public KernelMap(int spaces, int files) {
    this(spaces, files, List.of(), List.of(), false);
  }

  /** Refuses lists that don't have a place for each address space. */
  public KernelMap {
    anonMaps = List.copyOf(anonMaps);
    subscribers = subscribers.stream().map(List::copyOf).toList();
    if (!anonMaps.isEmpty() && anonMaps.size() != spaces) {
      throw new IllegalArgumentException(
          anonMaps.size() + " anonymous reverse maps for " + spaces + " address spaces");
    }
    if (!subscribers.isEmpty() && subscribers.size() != spaces) {
      throw new IllegalArgumentException(
          subscribers.size() + " lists of subscribers for " + spaces + " address spaces");
    }
  }

  /** mmap_lock, areas, flush generation and CPU mask of address space {@code mm}. */
  public int addressSpace(int mm) {
    return 2 * mm;
  }

  /** The page table of {@code mm} and its locks. */
  public int table(int mm) {
    return 2 * mm + 1;
  }

  /** The frames. */
  public int frames() {
    return 2 * spaces;
  }

  /** The reverse map of file {@code file}. */
  public int file(int file) {
    return 2 * spaces + 1 + file;
  }

  /** Whether there are anonymous reverse maps. */
  public boolean hasAnonMaps() {
    return !anonMaps.isEmpty();
  }

  /** Anonymous reverse map number {@code index}. */
  public int anonMap(int index) {
    return 2 * spaces + 1 + files + index;
  }

  /** The anonymous reverse map that {@code mm} uses. */
  public int anonMapOf(int mm) {
    return anonMap(anonMaps.get(mm));
  }

  /** Subscriber number {@code index}. */
  public int subscriber(int index) {
    return anonMap(anonMapCount()) + index;
  }

  /** The domains of the subscribers to {@code mm}, in call order. */
  public List<Integer> subscribersOf(int mm) {
    return subscribers.isEmpty()
        ? List.of()
        : subscribers.get(mm).stream().map(this::subscriber).toList();
  }

  /** Where programs meet by name. */
  public int rendezvous() {
    return subscriber(subscriberCount());
  }

  /** How many anonymous reverse maps there are. */
  public int anonMapCount() {
    return anonMaps.stream().mapToInt(index -> index + 1).max().orElse(0);
  }

  /** How many subscribers there are. */
  public int subscriberCount() {
    return subscribers.stream().flatMap(List::stream).mapToInt(i -> i + 1).max().orElse(0);
  }

  /** How many domains there are. */
  public int size() {
    return rendezvous() + (meets ? 1 : 0);
  }
}
