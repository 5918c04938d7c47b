package dev.shootdown.check;

import dev.shootdown.trace.MachineFact.Audience;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tells one finding so that it can be pasted into a mail: a chart of who did what when, then who
 * cached the entry, what made it stale, what should have ended it, where a delay would show it in a
 * real kernel, and the command that shows it again. No line is longer than 80 characters; all is
 * plain ASCII, except what the command itself holds.
 */
public final class Witness {
  private static final int COLUMNS = 4;

  private final StaleUse stale;
  private final StaleUse.Entry entry;
  private final Optional<StaleUse.Flush> flush;
  private final Optional<StaleUse.Invalidation> invalidation;
  private final String holder;
  private final List<Chart.Step> steps = new ArrayList<>();

  private Witness(StaleUse stale) {
    this.stale = stale;
    this.entry = stale.entry();
    this.flush = stale.cover().flush();
    this.invalidation = stale.cover().invalidation();
    this.holder = Texts.plain(entry.holder());
  }

  /** The witness as text, each line with a line feed. */
  public static String of(StaleUse stale, String reproduce) {
    Witness witness = new Witness(stale);
    List<String> lines = new ArrayList<>();
    say(lines, "stale-use: " + Texts.plain(stale.summary()));
    lines.add("");
    witness.collect();
    lines.addAll(witness.chart());
    lines.add("");
    say(lines, "cached:  " + witness.cached());
    say(lines, "stale:   " + witness.madeStale());
    say(lines, "freed:   " + witness.freed());
    say(lines, "cover:   " + witness.covered() + witness.invalidated());
    say(lines, "delay:   to see it in a real kernel, put one " + witness.delay());
    lines.add("again:");
    lines.addAll(Texts.command(reproduce, Chart.WIDTH));
    return String.join("\n", lines) + "\n";
  }

  private static void say(List<String> lines, String text) {
    lines.addAll(Texts.wrap(text, Chart.WIDTH, "         "));
  }

  private List<String> chart() {
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
    if (columns.size() <= COLUMNS) {
      return new Chart(columns, steps).lines();
    }
    String shared = "others";
    List<String> kept = new ArrayList<>(List.of(shared));
    kept.addAll(columns.subList(columns.size() - COLUMNS + 1, columns.size()));
    List<Chart.Step> folded = new ArrayList<>();
    for (Chart.Step step : steps) {
      folded.add(
          kept.contains(step.column())
              ? step
              : new Chart.Step(step.atPs(), shared, step.column() + ": " + step.text()));
    }
    return new Chart(kept, folded).lines();
  }

  /** Of what came after the violation only the first step is told: it shows how late it was. */
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
    String mapping = String.format("0x%x -> frame 0x%x", entry.page() << 12, entry.pfn());
    if (isFillRace()) {
      String walker = invalidation.map(StaleUse.Invalidation::iommu).orElse(holder);
      step(entry.readAtPs().orElseThrow(), walker, "walk reads the PTE: " + mapping);
    }
    if (entry.filledAtPs().isPresent() && !isFillRace()) {
      step(entry.filledAtPs().getAsLong(), holder, "caches " + mapping);
    }
    stale.change().ifPresent(
        change -> step(change.atPs(), change.actor(), "PTE " + verb(change)));
    flush.ifPresent(
        began -> {
          String misses = stale.isCovered() ? "" : " for " + began.flushed() + ", not this page";
          step(began.beganPs(), began.actor(), name(began.audience()) + " begins" + misses);
        });
    invalidation.ifPresent(this::collectInvalidation);
    flush.ifPresent(
        ended -> ended.endedPs().ifPresent(
            atPs -> step(atPs, ended.actor(), name(ended.audience()) + " ends")));
    if (isFreeKnown()) {
      step(stale.free().atPs(), stale.free().actor(),
          String.format("PAGE-FREE of frame 0x%x", entry.pfn()));
    }
    switch (stale.kind()) {
      case HELD_AT_FREE -> step(stale.free().atPs(), holder, "STILL HOLDS IT");
      case IN_FLIGHT_AT_FREE -> step(stale.free().atPs(), holder, "DMA STILL GOES ON");
      default -> { }
    }
    if (isFillRace()) {
      step(entry.filledAtPs().orElseThrow(), holder, "caches it, too late");
    }
    stale.usedAtPs().ifPresent(atPs -> step(atPs, holder, "USES THE FREED FRAME"));
  }

  private void collectInvalidation(StaleUse.Invalidation sent) {
    step(sent.sentPs(), sent.iommu(), "sends itag " + sent.itag());
    sent.takenPs().ifPresent(atPs -> step(atPs, holder, "itag " + sent.itag() + " arrives"));
    sent.donePs().ifPresent(atPs -> step(atPs, holder, "itag " + sent.itag() + " done"));
  }

  private void step(long atPs, String column, String text) {
    steps.add(new Chart.Step(atPs, Texts.plain(column), Texts.plain(text)));
  }

  private String cached() {
    if (entry.filledAtPs().isEmpty()) {
      return holder + ", at a time that was not seen";
    }
    return holder + " at " + Texts.ns(entry.filledAtPs().getAsLong())
        + " ns, from a walk that read the PTE at "
        + Texts.ns(entry.readAtPs().orElseThrow()) + " ns";
  }

  private String madeStale() {
    return stale.change()
        .map(
            change ->
                "PTE " + verb(change) + " at " + Texts.ns(change.atPs()) + " ns by "
                    + Texts.plain(change.actor())
                    + (change.actor().equals(change.component())
                        ? ""
                        : " (stated by " + Texts.plain(change.component()) + ")"))
        .orElse("by no PTE change that was seen");
  }

  private String freed() {
    if (!isFreeKnown()) {
      return "longer ago than is remembered";
    }
    return "at " + Texts.ns(stale.free().atPs()) + " ns by " + Texts.plain(stale.free().actor())
        + ", operation " + stale.free().operation() + " (" + path() + ")";
  }

  private String covered() {
    String wanted = name(stale.cover().audience());
    if (flush.isEmpty()) {
      return "no " + wanted + " covered the page, neither before the free nor after";
    }
    StaleUse.Flush seen = flush.get();
    String which = wanted + " of operation " + seen.operation() + " on "
        + Texts.plain(seen.actor());
    if (!stale.isCovered()) {
      return which + " flushed " + seen.flushed() + " only, without the page; no other did";
    }
    if (stale.isTooLate()) {
      return which + " came too late: it began " + Texts.ns(seen.beganPs() - stale.free().atPs())
          + " ns after the free";
    }
    return isOverAtFree()
        ? which + " was over at " + Texts.ns(seen.endedPs().orElseThrow())
            + " ns, before the free, and yet the entry was there"
        : which + " had begun, but was not over when the frame was freed";
  }

  private String invalidated() {
    if (invalidation.isEmpty()) {
      return "";
    }
    StaleUse.Invalidation sent = invalidation.get();
    String left = "; the invalidation (itag " + sent.itag() + ") left "
        + Texts.plain(sent.iommu()) + " at " + Texts.ns(sent.sentPs()) + " ns, ";
    if (sent.takenPs().isEmpty()) {
      return left + "and never arrived";
    }
    String arrived = left + "arrived at " + Texts.ns(sent.takenPs().getAsLong()) + " ns, ";
    return sent.donePs().isEmpty()
        ? arrived + "and was never completed"
        : arrived + "and was completed at " + Texts.ns(sent.donePs().getAsLong()) + " ns";
  }

  private String delay() {
    String wanted = name(stale.cover().audience());
    if (stale.kind() == StaleUse.Kind.IN_FLIGHT_AT_FREE) {
      return "between the first and the last write of the DMA in " + holder;
    }
    if (isFillRace()) {
      return "between reading the PTE and caching the result in the page walk for " + holder;
    }
    if (flush.isEmpty() || !stale.isCovered()) {
      return "between PAGE-FREE and the end of " + path();
    }
    if (stale.isTooLate()) {
      return "between PAGE-FREE and " + wanted + " in " + path();
    }
    return isOverAtFree()
        ? "between the end of " + wanted + " and PAGE-FREE in " + path()
        : "between submitting " + wanted + " and its completion in " + path();
  }

  /** The walk had read the PTE before it changed, and its result was cached after that. */
  private boolean isFillRace() {
    return stale.change().isPresent()
        && entry.filledAtPs().isPresent()
        && entry.readAtPs().isPresent()
        && stale.change().get().atPs() >= entry.readAtPs().getAsLong()
        && stale.change().get().atPs() < entry.filledAtPs().getAsLong();
  }

  private boolean isFreeKnown() {
    return !stale.free().component().isEmpty();
  }

  private boolean isOverAtFree() {
    return flush.isPresent()
        && flush.get().endedPs().orElse(Long.MAX_VALUE) <= stale.free().atPs();
  }

  private String path() {
    return stale.free().path().isEmpty() ? "the freeing path" : Texts.plain(stale.free().path());
  }

  private static String name(Audience audience) {
    return audience == Audience.CPU ? "CPU-FLUSH" : "SEC-INV";
  }

  private static String verb(StaleUse.Pte change) {
    return switch (change.change()) {
      case CLEARED -> "cleared";
      case PROTECTED -> "write-protected";
      case MOVED_AWAY -> "moved away";
      case SET -> "set";
      case UPGRADED -> "upgraded";
    };
  }
}
