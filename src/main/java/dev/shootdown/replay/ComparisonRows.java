package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Sorts replayed causes into the rows of a {@link Comparison}. */
final class ComparisonRows {
  private static final long ALL_SIZES = 0;
  private static final long PS_PER_NS = 1000;

  private ComparisonRows() {}

  static List<Comparison.Row> of(List<ReplayedCause> causes) {
    Map<String, Map<Long, List<ReplayedCause>>> grouped = new TreeMap<>();
    for (ReplayedCause cause : causes) {
      Map<Long, List<ReplayedCause>> sizes =
          grouped.computeIfAbsent(cause.kind(), key -> new TreeMap<>());
      sizes.computeIfAbsent(ALL_SIZES, key -> new ArrayList<>()).add(cause);
      sizes.computeIfAbsent(cause.pages(), key -> new ArrayList<>()).add(cause);
    }
    List<Comparison.Row> rows = new ArrayList<>();
    grouped.forEach(
        (kind, sizes) -> sizes.forEach((pages, own) -> rows.add(row(kind, pages, own))));
    return rows;
  }

  private static Comparison.Row row(String kind, long pages, List<ReplayedCause> causes) {
    List<Long> recordedNs = new ArrayList<>();
    List<Long> simulatedNs = new ArrayList<>();
    FlushCounts recorded = FlushCounts.NONE;
    long flushes = 0;
    long ipis = 0;
    for (ReplayedCause cause : causes) {
      cause.recordedPs().ifPresent(ps -> recordedNs.add(ps / PS_PER_NS));
      simulatedNs.add(cause.elapsedPs() / PS_PER_NS);
      recorded = recorded.plus(cause.recorded());
      flushes += cause.flushes();
      ipis += cause.ipis();
    }
    return new Comparison.Row(
        kind, pages, causes.size(),
        side(recordedNs, recorded.local() + recorded.batched(), recorded.queued()),
        side(simulatedNs, flushes, ipis), recorded.unexplained());
  }

  private static Comparison.Side side(List<Long> ns, long flushes, long ipis) {
    return ns.isEmpty()
        ? new Comparison.Side(Optional.empty(), 0, flushes, ipis)
        : new Comparison.Side(
            Optional.of(Percentiles.of(ns)), Percentiles.at(ns, 10), flushes, ipis);
  }
}
