package dev.shootdown.translation;

import dev.shootdown.address.PageRange;
import dev.shootdown.translation.TranslationCache.Entry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A cache as one would explain it: one list, least recently used first, searched through. */
final class NaiveCache {
  private final int sets;
  private final int ways;
  private final List<Entry> byUse = new ArrayList<>();

  NaiveCache(int entries, int ways) {
    this.sets = entries / ways;
    this.ways = ways;
  }

  Optional<Entry> lookup(int mm, long page) {
    Optional<Entry> found = byUse.stream()
        .filter(e -> e.mm() == mm && e.range().contains(page))
        .min(Comparator.comparing(Entry::order));
    found.ifPresent(entry -> {
      byUse.remove(entry);
      byUse.add(entry);
    });
    return found;
  }

  Optional<Entry> insert(Entry entry) {
    byUse.removeIf(old -> old.mm() == entry.mm() && old.range().equals(entry.range()));
    List<Entry> rivals = byUse.stream().filter(old -> set(old) == set(entry)).toList();
    Optional<Entry> victim =
        rivals.size() == ways ? Optional.of(rivals.get(0)) : Optional.empty();
    victim.ifPresent(byUse::remove);
    byUse.add(entry);
    return victim;
  }

  int invalidate(int mm, PageRange range) {
    int before = byUse.size();
    byUse.removeIf(entry -> entry.mm() == mm && range.pages() > 0 && range.overlaps(entry.range()));
    return before - byUse.size();
  }

  private int set(Entry entry) {
    return (int) ((entry.page() >> entry.order()) % sets);
  }

  void clear() {
    byUse.clear();
  }

  /** Set by set, least recently used first. */
  List<Entry> entries() {
    List<Entry> all = new ArrayList<>();
    for (int set = 0; set < sets; set++) {
      int wanted = set;
      byUse.stream().filter(entry -> set(entry) == wanted).forEach(all::add);
    }
    return all;
  }
}
