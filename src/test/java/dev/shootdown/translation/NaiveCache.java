package dev.shootdown.translation;

import dev.shootdown.address.PageRange;
import dev.shootdown.translation.TranslationCache.Entry;
import java.util.ArrayList;
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
    Optional<Entry> found = byUse.stream().filter(e -> e.mm() == mm && e.page() == page).findAny();
    found.ifPresent(entry -> {
      byUse.remove(entry);
      byUse.add(entry);
    });
    return found;
  }

  Optional<Entry> insert(Entry entry) {
    byUse.removeIf(old -> old.mm() == entry.mm() && old.page() == entry.page());
    List<Entry> rivals =
        byUse.stream().filter(old -> old.page() % sets == entry.page() % sets).toList();
    Optional<Entry> victim =
        rivals.size() == ways ? Optional.of(rivals.get(0)) : Optional.empty();
    victim.ifPresent(byUse::remove);
    byUse.add(entry);
    return victim;
  }

  int invalidate(int mm, PageRange range) {
    int before = byUse.size();
    byUse.removeIf(entry -> entry.mm() == mm && range.contains(entry.page()));
    return before - byUse.size();
  }

  void clear() {
    byUse.clear();
  }

  /** Set by set, least recently used first. */
  List<Entry> entries() {
    List<Entry> all = new ArrayList<>();
    for (int set = 0; set < sets; set++) {
      int wanted = set;
      byUse.stream().filter(entry -> entry.page() % sets == wanted).forEach(all::add);
    }
    return all;
  }
}
