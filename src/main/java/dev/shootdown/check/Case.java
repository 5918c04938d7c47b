package dev.shootdown.check;

import dev.shootdown.trace.MachineFact.Audience;
import java.util.Optional;
import java.util.OptionalLong;

/** An offence under investigation: what comes to light later is added until the run ends. */
final class Case {
  final StaleUse.Kind kind;
  final StaleUse.Entry entry;
  final StaleUse.Pte change;
  final StaleUse.Free deed;
  final Audience audience;
  private final Optional<StaleUse.Place> stage;
  private final StaleUse.Place place;
  private final boolean isBracket;
  final long foundAtPs;
  private FlushesSeen.Flush flush;
  private InvalidationsSeen.Invalidation invalidation;
  private FlushesSeen.Flush miss;
  private OptionalLong usedAtPs = OptionalLong.empty();

  /** A case against {@code holder}. */
  Case(StaleUse.Kind kind, Subject subject, StaleUse.Free deed, Agent holder, long atPs) {
    this.kind = kind;
    this.entry = subject.entry();
    this.change = subject.change();
    this.deed = deed;
    this.stage = subject.stage();
    this.place = stage.orElse(new StaleUse.Place(0, entry.mm(), entry.page()));
    this.audience = holder.isCpu() ? Audience.CPU : Audience.SECONDARY;
    this.isBracket = holder.kind() == ComponentKind.SUBSCRIBER;
    this.foundAtPs = atPs;
  }

  /**
   * What it is about: an entry and, if it was seen, what made it stale.
   *
   * @param stage which of two tables it is about, if the entry is made of two
   */
  record Subject(StaleUse.Entry entry, StaleUse.Pte change, Optional<StaleUse.Place> stage) {
    /** About an entry of one table. */
    Subject(StaleUse.Entry entry, StaleUse.Pte change) {
      this(entry, change, Optional.empty());
    }
  }

  /** Looks for what should have covered the page since it changed. */
  void search(FlushesSeen flushes, InvalidationsSeen invalidations) {
    long sincePs = change == null ? deed.atPs() : change.atPs();
    flush = flushes.covering(audience, place.mm(), place.page(), sincePs);
    miss = flushes.of(deed.operation(), audience, place.mm());
    if (audience == Audience.SECONDARY) {
      invalidation = invalidations.covering(entry.holder(), entry.mm(), entry.page(), sincePs);
    }
  }

  /** Whether nothing that comes later can add to what should have covered the page. */
  boolean isComplete() {
    return flush != null && (audience == Audience.CPU || invalidation != null);
  }

  /** A flush began; the first to cover the page after the deed counts as too late. */
  void flushed(FlushesSeen.Flush later) {
    if (flush == null && later.covers(audience, place.mm(), place.page())) {
      flush = later;
    }
  }

  void invalidated(InvalidationsSeen.Invalidation later) {
    if (invalidation == null
        && audience == Audience.SECONDARY
        && InvalidationsSeen.covers(later, entry.holder(), entry.mm(), entry.page())) {
      invalidation = later;
    }
  }

  void used(long atPs) {
    if (usedAtPs.isEmpty()) {
      usedAtPs = OptionalLong.of(atPs);
    }
  }

  Finding finding() {
    FlushesSeen.Flush shown = flush == null ? miss : flush;
    StaleUse evidence =
        new StaleUse(
            kind,
            entry,
            Optional.ofNullable(change),
            deed,
            new StaleUse.Cover(
                audience,
                Optional.ofNullable(shown).map(FlushesSeen.Flush::evidence),
                Optional.ofNullable(invalidation)
                    .map(InvalidationsSeen.Invalidation::evidence),
                isBracket,
                stage),
            usedAtPs);
    return new Finding(
        kind.verdict(), foundAtPs, entry.holder(), evidence.summary(), Optional.of(evidence));
  }
}
