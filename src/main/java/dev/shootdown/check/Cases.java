package dev.shootdown.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The cases opened so far: one per verdict, holder, page and frame, and not more than is told. */
final class Cases {
  private static final int KEPT = 1000;

  private record Key(Verdict verdict, String holder, int mm, long page, long pfn) {}

  private final Books books;
  private final Map<Key, Case> cases = new LinkedHashMap<>();
  private final List<Case> incomplete = new ArrayList<>();
  private long unlisted;

  Cases(Books books) {
    this.books = books;
  }

  /** The case of that entry, a new one if there is none; empty if there are too many. */
  Optional<Case> open(
      StaleUse.Kind kind, Agent holder, Case.Subject subject, StaleUse.Free deed, long atPs) {
    StaleUse.Entry entry = subject.entry();
    Key key =
        new Key(kind.verdict(), entry.holder(), entry.mm(), entry.page(), entry.pfn());
    Case known = cases.get(key);
    if (known != null) {
      return Optional.of(known);
    }
    if (cases.size() == KEPT) {
      unlisted++;
      return Optional.empty();
    }
    Case opened = new Case(kind, subject, deed, holder, atPs);
    opened.search(books.flushes(), books.invalidations());
    cases.put(key, opened);
    if (!opened.isComplete()) {
      incomplete.add(opened);
    }
    return Optional.of(opened);
  }

  /** Like {@link #open}, for an entry that was just used. */
  void openUsed(
      StaleUse.Kind kind, Agent holder, Case.Subject subject, StaleUse.Free deed, long atPs) {
    open(kind, holder, subject, deed, atPs).ifPresent(opened -> opened.used(atPs));
  }

  void flushed(FlushesSeen.Flush later) {
    if (!incomplete.isEmpty()) {
      incomplete.forEach(open -> open.flushed(later));
      incomplete.removeIf(Case::isComplete);
    }
  }

  void invalidated(InvalidationsSeen.Invalidation later) {
    if (!incomplete.isEmpty()) {
      incomplete.forEach(open -> open.invalidated(later));
      incomplete.removeIf(Case::isComplete);
    }
  }

  /** In the order in which they were opened. */
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    cases.values().forEach(open -> findings.add(open.finding()));
    return findings;
  }

  /** How many more there were. */
  long unlisted() {
    return unlisted;
  }
}
