package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A replay for a person: plain text, at most 100 columns but for names. */
public final class ReplayText {
  private static final int SITES_MAX = 12;
  private static final double NS_PER_US = 1e3;
  private static final double PS_PER_MS = 1e9;

  private final List<String> lines = new ArrayList<>();

  private ReplayText() {}

  /** The lines of {@code outcome}. */
  public static List<String> of(ReplayOutcome outcome) {
    ReplayText text = new ReplayText();
    text.rows(outcome.comparison());
    text.effects(outcome.comparison());
    text.bills(outcome);
    text.sites(outcome.sites());
    text.notes(outcome.comparison());
    return text.lines;
  }

  private void add(String format, Object... values) {
    lines.add(String.format(Locale.ROOT, format, values).stripTrailing());
  }

  private void rows(Comparison comparison) {
    add("%-14s %5s %4s %21s %21s %7s %11s %11s", "operation", "pages", "n", "recorded us",
        "simulated us", "error", "flushes", "IPIs");
    add("%-14s %5s %4s %21s %21s %7s %11s %11s", "", "", "", "p50 (p10-p90)", "p50 (p10-p90)", "%",
        "rec   sim", "rec   sim");
    for (Comparison.Row row : comparison.rows()) {
      if (row.pages() == 0 || row.count() >= Goals.SIZE_COUNT_MIN) {
        add("%-14s %5s %4d %21s %21s %7s %5d %5d %5d %5d%s", row.operation(),
            row.pages() == 0 ? "all" : row.pages(), row.count(), times(row.recorded()),
            times(row.simulated()), error(row), row.recorded().flushes(),
            row.simulated().flushes(), row.recorded().ipis(), row.simulated().ipis(), goal(row));
      }
    }
  }

  private static String times(Comparison.Side side) {
    Optional<Percentiles> ns = side.ns();
    return ns.isEmpty() ? "-"
        : String.format(Locale.ROOT, "%.1f (%.1f-%.1f)", ns.get().p50() / NS_PER_US,
            side.p10Ns() / NS_PER_US, ns.get().p90() / NS_PER_US);
  }

  private static String error(Comparison.Row row) {
    return row.error().isPresent()
        ? String.format(Locale.ROOT, "%+.1f", 100 * row.error().getAsDouble()) : "-";
  }

  private static String goal(Comparison.Row row) {
    if (!row.isJudged()) {
      return "";
    }
    return Goals.timeMet(row.error().getAsDouble()) ? "  met" : "  MISS";
  }

  private void effects(Comparison comparison) {
    FlushCounts whole = comparison.recorded();
    FlushCounts inside = comparison.recordedInside();
    long ipis = comparison.simulated().ipis();
    add("");
    add("flush IPIs of these operations: recorded %d, simulated %d (goal 10 %% or 3: %s)",
        inside.queued(), ipis, met(inside.queued(), ipis));
    add("flush IPIs of the whole trace: recorded %d for %d intents, simulated %d (%s)",
        whole.queued(), whole.intents(), ipis, met(whole.queued(), ipis));
    add("flush IPIs of what is not replayed, or was not recorded as a cause: %d",
        whole.queued() - inside.queued());
    add("intents without an IPI that no line explains: %d", whole.unexplained());
    add("calls left out, not modelled or failed: %d", comparison.skipped());
    add("judges of the simulated run: %s", comparison.simulated().verdict());
    add("fingerprint %s, %d events", comparison.simulated().fingerprint(),
        comparison.simulated().events());
  }

  private static String met(long recorded, long simulated) {
    return Goals.ipisMet(recorded, simulated) ? "met" : "MISS";
  }

  private void bills(ReplayOutcome outcome) {
    add("");
    add("this workload would have spent, in simulated time:");
    add("%12s %14s %8s %12s %8s %10s  %-10s  %s", "on flushes", "of operations", "", "stolen from",
        "flush", "secondary", "judges", "configuration");
    add("%12s %14s %8s %12s %8s %10s", "ms", "ms", "%", "others, ms", "IPIs", "flushes");
    bill(outcome.machine(), outcome.comparison().simulated());
    for (ReplayOutcome.Other other : outcome.others()) {
      bill(other.whatIf().label(), other.simulated());
    }
  }

  private void bill(String label, Comparison.Simulated simulated) {
    Bill bill = simulated.bill();
    double share = bill.elapsedPs() == 0 ? 0 : 100.0 * bill.flushPs() / bill.elapsedPs();
    add("%12.3f %14.3f %8.1f %12.3f %8d %10d  %-10s  %s", bill.flushPs() / PS_PER_MS,
        bill.elapsedPs() / PS_PER_MS, share, bill.stolenPs() / PS_PER_MS, bill.ipis(),
        bill.secondaryFlushes(), simulated.verdict(), label);
  }

  private void sites(List<FlushSites.Site> sites) {
    if (sites.isEmpty()) {
      return;
    }
    add("");
    add("recorded call chains say who flushed:");
    for (FlushSites.Site site : sites.subList(0, Math.min(SITES_MAX, sites.size()))) {
      add("%6d  %s: %s", site.count(), site.event(), site.text());
    }
    if (sites.size() > SITES_MAX) {
      add("        and %d more places", sites.size() - SITES_MAX);
    }
  }

  private void notes(Comparison comparison) {
    add("");
    comparison.remarks().forEach(remark -> lines.add("note: " + remark));
    add("note: the replay is an open loop: causes start at their recorded times, so a simulated"
        + " delay does not");
    add("      delay what came after it in the recording. What is refilled later, and what a device"
        + " would have");
    add("      done with its translations, is not in these figures.");
  }
}
