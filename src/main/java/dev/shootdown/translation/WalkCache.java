package dev.shootdown.translation;

import dev.shootdown.address.PageRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A paging-structure cache: for a 2 MiB group of pages it knows the page-table page that holds
 * their entries, so that a walk need not start at the root. Fully associative, least recently used
 * goes first.
 *
 * <p>An entry names its page-table page, because that page can be freed and used for something else
 * while the entry lives: its owner must be told just as the owner of a translation.
 */
public final class WalkCache {
  /** Pages that one page-table page maps. */
  public static final long GROUP_PAGES = 512;

  /**
   * A cached pointer.
   *
   * @param group page number ≫ 9
   * @param table number of the page-table page
   */
  public record Entry(int mm, long group, long table) {
    /** The pages whose walks it shortens. */
    public PageRange range() {
      return new PageRange(group * GROUP_PAGES, GROUP_PAGES);
    }
  }

  private final int capacity;
  private final List<Entry> byUse;

  /** An empty cache of {@code capacity} ≥ 0 entries; one of 0 never holds anything. */
  public WalkCache(int capacity) {
    this.capacity = capacity;
    this.byUse = new ArrayList<>(Math.min(capacity, 64));
  }

  /** The page-table page for {@code page}, or −1; its entry becomes the most recently used. */
  public long lookup(int mm, long page) {
    int at = find(mm, page / GROUP_PAGES);
    if (at < 0) {
      return -1;
    }
    Entry entry = byUse.remove(at);
    byUse.add(entry);
    return entry.table();
  }

  /** Remembers {@code table} for the group of {@code page}; returns what had to make room. */
  public Optional<Entry> insert(int mm, long page, long table) {
    if (capacity == 0) {
      return Optional.empty();
    }
    long group = page / GROUP_PAGES;
    int at = find(mm, group);
    if (at >= 0) {
      byUse.remove(at);
    }
    Entry evicted = byUse.size() == capacity ? byUse.remove(0) : null;
    byUse.add(new Entry(mm, group, table));
    return Optional.ofNullable(evicted);
  }

  /** Drops all entries of {@code mm} that overlap {@code range}; returns how many there were. */
  public int invalidate(int mm, PageRange range) {
    int before = byUse.size();
    for (int i = before - 1; i >= 0; i--) {
      if (byUse.get(i).mm() == mm && byUse.get(i).range().overlaps(range)) {
        byUse.remove(i);
      }
    }
    return before - byUse.size();
  }

  /** How many entries there are. */
  public int size() {
    return byUse.size();
  }

  /** All entries, least recently used first. */
  public List<Entry> entries() {
    return List.copyOf(byUse);
  }

  private int find(int mm, long group) {
    for (int i = byUse.size() - 1; i >= 0; i--) {
      if (byUse.get(i).group() == group && byUse.get(i).mm() == mm) {
        return i;
      }
    }
    return -1;
  }
}
