package dev.shootdown.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tells one finding so that it can be pasted into a mail: a chart of who did what when, then who
 * cached the entry, what made it stale, from when it was forbidden, what should have ended it,
 * which order of two steps would prevent it, where a delay would show it in a real kernel, and the
 * command that shows it again. No line is longer than 80 characters; all is plain ASCII, except
 * what the command itself holds.
 */
public final class Witness {
  private final StaleUse stale;
  private final StaleUse.Entry entry;
  private final Optional<StaleUse.Flush> flush;
  private final Optional<StaleUse.Invalidation> invalidation;
  private final String holder;
  private final String moment;

  private Witness(StaleUse stale) {
    this.stale = stale;
    this.entry = stale.entry();
    this.flush = stale.cover().flush();
    this.invalidation = stale.cover().invalidation();
    this.holder = Texts.plain(entry.holder());
    this.moment = stale.kind().deed().moment();
  }

  /** The witness as text, each line with a line feed. */
  public static String of(StaleUse stale, String reproduce) {
    return of(stale, Optional.empty(), reproduce);
  }

  /** The same; {@code tried} says what came of another run with the missing order added. */
  static String of(StaleUse stale, Optional<String> tried, String reproduce) {
    Witness witness = new Witness(stale);
    List<String> lines = new ArrayList<>();
    say(lines, stale.kind().verdict().text() + ": " + Texts.plain(stale.summary()));
    lines.add("");
    lines.addAll(StaleChart.lines(stale));
    lines.add("");
    say(lines, "cached:  " + witness.cached());
    say(lines, "stale:   " + witness.madeStale());
    boolean free = stale.kind().deed() == StaleUse.Deed.PAGE_FREE;
    say(lines, (free ? "freed:   " : "since:   ") + witness.forbidden());
    if (stale.isUntold()) {
      say(lines, "cover:   " + witness.covered() + witness.invalidated());
      say(lines, "edge:    none; the flush came in time, and left out what both stages make");
    } else if (stale.edges().isEmpty()) {
      say(lines, "edge:    none; no order of steps would prevent it");
    } else {
      say(lines, "cover:   " + witness.covered() + witness.invalidated());
      say(lines, "edge:    " + Texts.plain(stale.edges().get(0).text()) + " would prevent it");
      tried.ifPresent(what -> say(lines, "checked: " + Texts.plain(what)));
      say(lines, "delay:   " + witness.delay());
      say(lines, "where:   " + KernelPlaces.of(stale));
    }
    lines.add("again:");
    lines.addAll(Texts.command(reproduce, Chart.WIDTH));
    return String.join("\n", lines) + "\n";
  }

  /** A finding that is its own evidence, as text. */
  static String ofBreach(Finding finding, String reproduce) {
    List<String> lines = new ArrayList<>();
    say(lines, finding.verdict().text() + ": " + Texts.plain(finding.summary()));
    if (!finding.steps().isEmpty()) {
      lines.add("");
      lines.addAll(chart(finding.steps()));
    }
    lines.add("");
    say(lines, "stated:  by " + Texts.plain(finding.component()) + " at "
        + Texts.ns(finding.atPs()) + " ns");
    lines.add("again:");
    lines.addAll(Texts.command(reproduce, Chart.WIDTH));
    return String.join("\n", lines) + "\n";
  }

  private static List<String> chart(List<Standstill.Step> told) {
    List<Chart.Step> steps = new ArrayList<>();
    Set<String> columns = new LinkedHashSet<>();
    for (Standstill.Step step : told) {
      String column = Texts.plain(step.component());
      columns.add(column);
      steps.add(new Chart.Step(step.atPs(), column, Texts.plain(step.text())));
    }
    List<String> sorted = new ArrayList<>(columns);
    sorted.sort(Comparator.comparingInt(column -> StandstillWitness.place(column, true)));
    return new Chart(sorted, steps).lines();
  }

  private static void say(List<String> lines, String text) {
    lines.addAll(Texts.wrap(text, Chart.WIDTH, "         "));
  }

  private String cached() {
    if (entry.filledAtPs().isEmpty()) {
      return holder + ", at a time that was not seen";
    }
    String cached = holder + " at " + Texts.ns(entry.filledAtPs().getAsLong()) + " ns";
    return entry.readAtPs().isEmpty()
        ? cached
        : cached + ", from a walk that read the PTE at "
            + Texts.ns(entry.readAtPs().getAsLong()) + " ns";
  }

  private String madeStale() {
    return stale.change()
        .map(
            change ->
                StoryTexts.pte(stale) + " " + StoryTexts.verb(change.change()) + " at "
                    + Texts.ns(change.atPs()) + " ns by " + Texts.plain(change.actor())
                    + (change.actor().equals(change.component())
                        ? ""
                        : " (stated by " + Texts.plain(change.component()) + ")"))
        .orElse("by no PTE change that was seen");
  }

  private String forbidden() {
    if (stale.free().component().isEmpty()) {
      return "longer ago than is remembered";
    }
    boolean free = stale.kind().deed() == StaleUse.Deed.PAGE_FREE;
    String what = free ? "" : stale.kind().deed().text() + " ";
    String by = what + "at " + Texts.ns(stale.free().atPs()) + " ns by "
        + Texts.plain(stale.free().actor());
    return stale.free().operation() < 0
        ? by
        : by + ", operation " + stale.free().operation() + " (" + path() + ")";
  }

  private String covered() {
    String wanted = StoryTexts.name(stale.cover().audience());
    if (stale.isReadTooEarly()) {
      return "none; the entry came from a walk that was not tried again behind the bracket";
    }
    if (flush.isEmpty()) {
      return "no " + wanted + " covered the page, neither before " + moment + " nor after";
    }
    StaleUse.Flush seen = flush.get();
    String whose = seen.operation() < 0
        ? "the driver's queue" : "operation " + seen.operation();
    String which = wanted + " of " + whose
        + (seen.path().isEmpty() ? "" : " (" + Texts.plain(seen.path()) + ")") + " on "
        + Texts.plain(seen.actor());
    if (!stale.isCovered()) {
      return which + " flushed " + seen.flushed() + " only, without the page; no other did";
    }
    if (stale.isTooLate()) {
      return which + " came too late: it began " + Texts.ns(seen.beganPs() - stale.free().atPs())
          + " ns after " + moment;
    }
    if (isOverInTime()) {
      return which + " was over at " + Texts.ns(seen.endedPs().orElseThrow())
          + " ns, before " + moment + ", and yet the entry was there";
    }
    return stale.kind().deed() == StaleUse.Deed.PAGE_FREE
        ? which + " had begun, but was not over when the frame was freed"
        : which + " had begun, but was not over before " + moment;
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
    boolean isOfDma = stale.kind().isInFlight() && (stale.isFlushedInTime() || flush.isEmpty());
    boolean isOfFill = stale.isReadTooEarly() || stale.isFillRace()
        || stale.kind() == StaleUse.Kind.FILLED_IN_BRACKET;
    return !isOfDma && !isOfFill && (flush.isEmpty() || !stale.isCovered())
        ? "none is needed in a real kernel: nothing takes the entry away"
        : "to see it in a real kernel, put one " + delayed(isOfDma);
  }

  private String delayed(boolean isOfDma) {
    String wanted = StoryTexts.name(stale.cover().audience());
    String deed = stale.kind().deed().text();
    if (isOfDma) {
      return "between the first and the last write of the DMA in " + holder;
    }
    if (stale.isReadTooEarly() || stale.kind() == StaleUse.Kind.FILLED_IN_BRACKET) {
      return "between reading the PTE and installing the entry in the fault path of " + holder;
    }
    if (stale.isFillRace()) {
      return "between reading the PTE and caching the result in the page walk for " + holder;
    }
    if (stale.isTooLate()) {
      return isOfAnother()
          ? "before " + wanted + " in " + flushPath()
          : "between " + deed + " and " + wanted + " in " + path();
    }
    return isOverInTime()
        ? "between the end of " + wanted + " and " + deed + " in " + path()
        : "between submitting " + wanted + " and its completion in "
            + (isOfAnother() ? flushPath() : path());
  }

  private String flushPath() {
    StaleUse.Flush seen = flush.orElseThrow();
    return seen.path().isEmpty()
        ? seen.operation() < 0 ? "the driver's queue" : "operation " + seen.operation()
        : Texts.plain(seen.path());
  }

  /** Whether the flush belongs to another operation than the deed. */
  private boolean isOfAnother() {
    return flush.isPresent() && flush.get().operation() != stale.free().operation();
  }

  private boolean isOverInTime() {
    return flush.isPresent()
        && flush.get().endedPs().orElse(Long.MAX_VALUE) <= stale.free().atPs();
  }

  private String path() {
    if (!stale.free().path().isEmpty()) {
      return Texts.plain(stale.free().path());
    }
    return stale.kind().deed() == StaleUse.Deed.PAGE_FREE ? "the freeing path" : "that path";
  }
}
