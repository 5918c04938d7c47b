package dev.shootdown.sweep;

import dev.shootdown.check.Exposure;
import dev.shootdown.check.Finding;
import dev.shootdown.check.Judgement;
import dev.shootdown.check.LedgerRow;
import dev.shootdown.report.KindSummary;
import dev.shootdown.report.Latencies;
import dev.shootdown.report.Waits;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.trace.Account;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Takes the figures of a run. Names begin with {@code run}, {@code exposure} or the operations'
 * kind, and end in a unit or in what is counted:
 *
 * <ul>
 *   <li>{@code run.events_count}, {@code run.end_ps}, {@code run.findings_count}, {@code
 *       run.unfinished_count};
 *   <li>of each kind, such as {@code munmap}: {@code .operations_count}; {@code .latency_mean_ps},
 *       {@code _p50_}, {@code _p90_}, {@code _p99_}, {@code _max_}; {@code .stolen_mean_ps}; {@code
 *       .account_<account>_ps}, the mean per operation; {@code .ipis_count}, {@code
 *       .secondary_flushes_count}, {@code .requested_pages}, {@code .flushed_pages}, {@code
 *       .widened_to_all_count} in all; {@code .flushed_all_count}, operations that flushed the
 *       whole address space, asked for or not; {@code .widening_ratio}, pages flushed per page
 *       asked for, of the others;
 *   <li>of each kind of holder: {@code exposure.<holder>.windows_count}, {@code .open_count},
 *       {@code .p50_ns}, {@code .p99_ns}, {@code .max_ps};
 *   <li>of faults that software has to serve: {@code fault.raised_count} and {@code
 *       fault.starved_ratio}, the share of those that waited longer than {@code
 *       sweep.starved-after} or were never served, 0 without faults; if there were any {@code
 *       .starved_count}, {@code .lost_count}, {@code .open_count}, {@code .retries_mean_count},
 *       {@code .retries_max_count}, {@code .wait_mean_ps}, {@code _p50_}, {@code _p99_}, {@code
 *       _max_}, and {@code .standstill_max_ps}, the longest time in which some were open and none
 *       was served.
 * </ul>
 */
final class Measures {
  private static final int FINDINGS_KEPT = 20;

  private final SortedMap<String, Double> metrics = new TreeMap<>();
  private final SortedMap<String, byte[]> latencies = new TreeMap<>();

  private Measures() {}

  /** The figures of a run that ended; what began outside the sweep's window is left out. */
  static RunResult of(
      RunResult.RunKey key, long seed, PointRunner.Measured measured,
      SweepSpec.Window window) {
    ScenarioResult result = measured.result();
    Judgement judgement = result.judgement();
    if (result.outcome().failure().isPresent()) {
      return RunResult.failed(key, seed, result.outcome().failure().get().line());
    }
    if (!judgement.isLedgerClosed()) {
      return RunResult.failed(
          key, seed, "the ledger does not close, " + judgement.gaps().get(0).line());
    }
    Measures measures = new Measures();
    long findings = judgement.findings().size() + judgement.unlisted();
    measures.put("run.events_count", result.outcome().events());
    measures.put("run.end_ps", result.outcome().endPs());
    measures.put("run.findings_count", findings);
    measures.put("run.unfinished_count", judgement.unfinished().size());
    List<LedgerRow> rows =
        judgement.rows().stream().filter(row -> window.covers(row.beganPs())).toList();
    KindSummary.of(rows).forEach(measures::kind);
    measures.latencies(rows);
    judgement.exposures().forEach(measures::exposure);
    measures.faults(measured.waits(), window);
    RunResult.Ending ending =
        new RunResult.Ending(
            seed, judgement.verdictOf(result.outcome().complete()).text(), findings,
            result.outcome().fingerprint().total(), "");
    List<Finding> kept =
        judgement.findings().subList(0, Math.min(FINDINGS_KEPT, judgement.findings().size()));
    return new RunResult(
        key, ending, measures.metrics, measures.latencies, kept,
        Epochs.packed(result.outcome().fingerprint()));
  }

  private void put(String name, double value) {
    metrics.put(name, value);
  }

  private void kind(KindSummary summary) {
    String prefix = summary.kind() + ".";
    double count = summary.count();
    put(prefix + "operations_count", count);
    put(prefix + "latency_mean_ps", summary.elapsedPs() / count);
    put(prefix + "latency_p50_ps", summary.at(50).elapsedPs());
    put(prefix + "latency_p90_ps", summary.at(90).elapsedPs());
    put(prefix + "latency_p99_ps", summary.at(99).elapsedPs());
    put(prefix + "latency_max_ps", summary.at(100).elapsedPs());
    put(prefix + "stolen_mean_ps", summary.stolenPs() / count);
    for (Account account : Account.values()) {
      String name = account.name().toLowerCase(Locale.ROOT);
      put(prefix + "account_" + name + "_ps", summary.accountPs(account) / count);
    }
    put(prefix + "ipis_count", summary.ipis());
    put(prefix + "secondary_flushes_count", summary.secondaryFlushes());
    put(prefix + "requested_pages", summary.requestedPages());
    put(prefix + "flushed_pages", summary.flushedPages());
    put(prefix + "widened_to_all_count", summary.widenedToAll());
    put(prefix + "flushed_all_count", summary.flushedAll());
    if (summary.requestedPages() > 0) {
      put(
          prefix + "widening_ratio",
          (double) summary.flushedPages() / summary.requestedPages());
    }
  }

  private void latencies(List<LedgerRow> rows) {
    SortedMap<String, Latencies> byKind = new TreeMap<>();
    for (LedgerRow row : rows) {
      if (row.isFinished()) {
        byKind.computeIfAbsent(row.kind(), kind -> new Latencies()).record(row.elapsedPs());
      }
    }
    byKind.forEach((kind, histogram) -> latencies.put(kind, histogram.payload()));
  }

  private void faults(Waits waits, SweepSpec.Window window) {
    List<Waits.Wait> of =
        waits.all().stream().filter(wait -> window.covers(wait.raisedPs())).toList();
    long starved =
        of.stream()
            .filter(
                wait -> wait.end() != Waits.End.SERVED || wait.waitPs() > window.starvedAfterPs())
            .count();
    put("fault.raised_count", of.size());
    put("fault.starved_ratio", of.isEmpty() ? 0 : (double) starved / of.size());
    if (of.isEmpty()) {
      return;
    }
    long[] sorted = of.stream().mapToLong(Waits.Wait::waitPs).sorted().toArray();
    put("fault.starved_count", starved);
    put("fault.lost_count", count(of, Waits.End.LOST));
    put("fault.open_count", count(of, Waits.End.OPEN));
    put(
        "fault.retries_mean_count",
        of.stream().mapToLong(Waits.Wait::retries).average().orElseThrow());
    put(
        "fault.retries_max_count",
        of.stream().mapToLong(Waits.Wait::retries).max().orElseThrow());
    put("fault.wait_mean_ps", Arrays.stream(sorted).average().orElseThrow());
    put("fault.wait_p50_ps", nearestRank(sorted, 50));
    put("fault.wait_p99_ps", nearestRank(sorted, 99));
    put("fault.wait_max_ps", sorted[sorted.length - 1]);
    put("fault.standstill_max_ps", waits.standstillPs());
  }

  private static long count(List<Waits.Wait> of, Waits.End end) {
    return of.stream().filter(wait -> wait.end() == end).count();
  }

  private static long nearestRank(long[] sorted, int percent) {
    return sorted[(int) ((sorted.length * (long) percent + 99) / 100) - 1];
  }

  private void exposure(Exposure exposure) {
    String prefix = "exposure." + exposure.kind().name().toLowerCase(Locale.ROOT) + ".";
    put(prefix + "windows_count", exposure.windows());
    put(prefix + "open_count", exposure.open());
    if (exposure.windows() > 0) {
      put(prefix + "p50_ns", exposure.p50Ns());
      put(prefix + "p99_ns", exposure.p99Ns());
      put(prefix + "max_ps", exposure.maxPs());
    }
  }
}
