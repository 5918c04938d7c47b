package dev.shootdown.translation;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A set-associative cache of translations with least-recently-used replacement: a TLB, an IOTLB or
 * an ATC. Entries are tagged with their address space, so that one process's flush spares
 * another's.
 */
public final class TranslationCache {
  /**
   * A cached translation.
   *
   * @param mm address space (or PASID)
   * @param page page number
   * @param pfn frame number
   * @param readAtPs when the page-table entry behind it was read, in ps
   */
  public record Entry(int mm, long page, long pfn, boolean writable, long readAtPs) {}

  private final int sets;
  private final int ways;
  private final List<List<Entry>> bySet;
  private int size;

  /**
   * An empty cache.
   *
   * @param entries capacity, ≥ 1, a multiple of {@code ways}
   * @param ways associativity, ≥ 1; equal to {@code entries} for a fully associative cache
   */
  public TranslationCache(int entries, int ways) {
    if (ways < 1 || entries < ways || entries % ways != 0) {
      throw new IllegalArgumentException(
          entries + " entries do not divide into sets of " + ways + " ways");
    }
    this.sets = entries / ways;
    this.ways = ways;
    this.bySet = new ArrayList<>(sets);
    for (int i = 0; i < sets; i++) {
      bySet.add(new ArrayList<>(Math.min(ways, 8)));
    }
  }

  /** The entry for {@code page}, which becomes the most recently used of its set. */
  public Optional<Entry> lookup(int mm, long page) {
    List<Entry> set = set(page);
    int at = find(set, mm, page);
    if (at < 0) {
      return Optional.empty();
    }
    Entry entry = set.remove(at);
    set.add(entry);
    return Optional.of(entry);
  }

  /** Whether {@code page} is cached, without touching the order of use. */
  public boolean holds(int mm, long page) {
    return find(set(page), mm, page) >= 0;
  }

  /** Adds {@code entry}, replacing one for the same page; returns what had to make room. */
  public Optional<Entry> insert(Entry entry) {
    List<Entry> set = set(entry.page());
    int at = find(set, entry.mm(), entry.page());
    if (at >= 0) {
      set.remove(at);
      size--;
    }
    Entry evicted = set.size() == ways ? set.remove(0) : null;
    if (evicted == null) {
      size++;
    }
    set.add(entry);
    return Optional.ofNullable(evicted);
  }

  /** Drops all entries of {@code mm} in {@code range}; returns how many there were. */
  public int invalidate(int mm, PageRange range) {
    int before = size;
    if (range.pages() < sets) {
      for (long page = range.firstPage(); page < range.endPage(); page++) {
        List<Entry> set = set(page);
        int at = find(set, mm, page);
        if (at >= 0) {
          set.remove(at);
          size--;
        }
      }
    } else {
      size = 0;
      for (List<Entry> set : bySet) {
        set.removeIf(entry -> entry.mm() == mm && range.contains(entry.page()));
        size += set.size();
      }
    }
    return before - size;
  }

  /** Drops everything. */
  public void clear() {
    bySet.forEach(List::clear);
    size = 0;
  }

  /** How many entries there are. */
  public int size() {
    return size;
  }

  /** All entries, set by set, least recently used first. */
  public List<Entry> entries() {
    List<Entry> all = new ArrayList<>(size);
    bySet.forEach(all::addAll);
    return all;
  }

  private List<Entry> set(long page) {
    return bySet.get((int) Math.floorMod(page, (long) sets));
  }

  private static int find(List<Entry> set, int mm, long page) {
    for (int i = set.size() - 1; i >= 0; i--) {
      Entry entry = set.get(i);
      if (entry.page() == page && entry.mm() == mm) {
        return i;
      }
    }
    return -1;
  }
}
