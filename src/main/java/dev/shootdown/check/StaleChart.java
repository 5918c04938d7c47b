package dev.shootdown.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The chart of one stale entry, shrunk to the steps without which the finding would not be seen:
 * how the entry came there, what made it stale, what should have ended it, the deed, and the
 * offence. Of what came after the offence only the first step is told: it shows how late it was.
 */
final class StaleChart {
  private static final int COLUMNS = 4;

  private final StaleUse stale;
  private final StaleUse.Entry entry;
  private final Optional<StaleUse.Flush> flush;
  private final Optional<StaleUse.Invalidation> invalidation;
  private final String holder;
  private final List<Chart.Step> steps = new ArrayList<>();

  private StaleChart(StaleUse stale) {
    this.stale = stale;
    this.entry = stale.entry();
    this.flush = stale.cover().flush();
    this.invalidation = stale.cover().invalidation();
    this.holder = Texts.plain(entry.holder());
  }

  /** The chart's lines. */
  static List<String> lines(StaleUse stale) {
    StaleChart chart = new StaleChart(stale);
    chart.collect();
    return chart.lines();
  }

  private List<String> lines() {
    steps.sort(Comparator.comparingLong(Chart.Step::atPs));
    cutAftermath();
    Set<String> cpus = new LinkedHashSet<>();
    Set<String> others = new LinkedHashSet<>();
    for (Chart.Step step : steps) {
      if (!step.column().equals(holder)) {
        boolean iommu =
            invalidation.isPresent()
                && step.column().equals(Texts.plain(invalidation.get().iommu()));
        (iommu ? others : cpus).add(step.column());
      }
    }
    List<String> columns = new ArrayList<>(cpus);
    columns.sort(Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder()));
    columns.addAll(others);
    columns.add(holder);
    return Chart.folded(columns, COLUMNS, steps).lines();
  }

  private void cutAftermath() {
    long lastPs =
        Math.max(
            stale.usedAtPs().orElse(stale.free().atPs()),
            Math.max(stale.free().atPs(), entry.filledAtPs().orElse(0)));
    int kept = 0;
    while (kept < steps.size() && steps.get(kept).atPs() <= lastPs) {
      kept++;
    }
    steps.subList(Math.min(kept + 1, steps.size()), steps.size()).clear();
  }

  /** In the order of cause and effect, which stays where times are equal. */
  private void collect() {
    boolean race = stale.isFillRace();
    String mapping = mapping();
    if (race) {
      String walker = invalidation.map(StaleUse.Invalidation::iommu).orElse(holder);
      step(entry.readAtPs().orElseThrow(), walker, "walk reads the PTE: " + mapping);
    }
    boolean cachedFirst = entry.filledAtPs().orElse(Long.MAX_VALUE) <= stale.free().atPs();
    if (entry.filledAtPs().isPresent() && !race && cachedFirst) {
      step(entry.filledAtPs().getAsLong(), holder, "caches " + mapping);
    }
    stale.change().ifPresent(
        change ->
            step(
                change.atPs(), change.actor(),
                StoryTexts.pte(stale) + " " + StoryTexts.verb(change.change())));
    flush.ifPresent(
        began -> {
          String misses = stale.isCovered() ? "" : " for " + began.flushed() + ", not this page";
          step(
              began.beganPs(), began.actor(),
              StoryTexts.name(began.audience()) + " begins" + misses);
        });
    invalidation.ifPresent(this::collectInvalidation);
    flush.ifPresent(
        ended -> ended.endedPs().ifPresent(
            atPs -> step(atPs, ended.actor(), StoryTexts.name(ended.audience()) + " ends")));
    collectOffence(race, cachedFirst);
  }

  private void collectOffence(boolean race, boolean cachedFirst) {
    boolean known = !stale.free().component().isEmpty();
    boolean isChange =
        stale.kind().deed() == StaleUse.Deed.REPOINT && stale.change().isPresent();
    if (known && !isChange) {
      step(stale.free().atPs(), stale.free().actor(), deed());
    }
    if (stale.kind().isHeld()) {
      step(stale.free().atPs(), holder, "STILL HOLDS IT");
    } else if (stale.kind().isInFlight()) {
      step(stale.free().atPs(), holder, "DMA STILL GOES ON");
    }
    if (race) {
      step(entry.filledAtPs().orElseThrow(), holder, "caches it, too late");
    } else if (entry.filledAtPs().isPresent() && !cachedFirst) {
      step(entry.filledAtPs().getAsLong(), holder, "caches " + mapping() + " ALL THE SAME");
    }
    stale.usedAtPs().ifPresent(atPs -> step(atPs, holder, use()));
  }

  private String mapping() {
    return String.format(
        "0x%x -> %s 0x%x", entry.page() << 12,
        isTable() ? "table" : stale.stageText() + "frame", entry.pfn());
  }

  private String deed() {
    return switch (stale.kind().deed()) {
      case PAGE_FREE ->
          String.format("PAGE-FREE of %sframe 0x%x", stale.stageText(), entry.pfn());
      case TABLE_FREE -> String.format("PGT-FREE of table 0x%x", entry.pfn());
      default -> stale.kind().deed().text();
    };
  }

  private String use() {
    return switch (stale.kind().deed()) {
      case PAGE_FREE, WINDOW -> "USES THE FREED FRAME";
      case TABLE_FREE -> "WALKS THROUGH THE FREED TABLE";
      case REPOINT -> "USES THE OLD FRAME";
      case RETURN, START -> "USES IT ALL THE SAME";
      default -> "WRITES IT ALL THE SAME";
    };
  }

  private boolean isTable() {
    return stale.kind().deed() == StaleUse.Deed.TABLE_FREE;
  }

  private void collectInvalidation(StaleUse.Invalidation sent) {
    step(sent.sentPs(), sent.iommu(), "sends itag " + sent.itag());
    sent.takenPs().ifPresent(atPs -> step(atPs, holder, "itag " + sent.itag() + " arrives"));
    sent.donePs().ifPresent(atPs -> step(atPs, holder, "itag " + sent.itag() + " done"));
  }

  private void step(long atPs, String column, String text) {
    steps.add(new Chart.Step(atPs, Texts.plain(column), Texts.plain(text)));
  }
}
