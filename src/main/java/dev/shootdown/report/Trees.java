package dev.shootdown.report;

import dev.shootdown.check.Exposure;
import dev.shootdown.check.Finding;
import dev.shootdown.check.LedgerGap;
import dev.shootdown.check.StaleUse;
import dev.shootdown.check.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** A run's JSON files as trees. Their names are part of the result format. */
final class Trees {
  /** Grows by one when a field or column changes its meaning or goes away. */
  static final int SCHEMA = 1;

  private Trees() {}

  static Map<String, Object> manifest(RunRecord record, SortedMap<String, String> fileHashes) {
    Circumstances circumstances = record.circumstances();
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("schema", SCHEMA);
    tree.put("id", record.identity().id());
    tree.put("verdict", record.verdict().text());
    tree.put("exit_code", circumstances.exitCode());
    tree.put("command_line", circumstances.commandLine());
    tree.put("versions", circumstances.versions());
    tree.put("host", circumstances.host());
    tree.put("wall_times", circumstances.wallTimes());
    tree.put("hashes", circumstances.hashes());
    tree.put("files_sha256", fileHashes);
    return tree;
  }

  static Map<String, Object> summary(RunRecord record) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("schema", SCHEMA);
    tree.put("title", record.identity().title());
    tree.put("id", record.identity().id());
    tree.put("variant", record.identity().variant());
    tree.put("seed", record.identity().seed());
    tree.put("verdict", record.verdict().text());
    tree.put("expected", record.texts().expected().map(Verdict::text).orElse(null));
    tree.put("as_expected", record.isAsExpected());
    tree.put("complete", record.outcome().complete());
    tree.put("failure", record.outcome().failure().map(failure -> failure.line()).orElse(null));
    tree.put("end_ps", record.outcome().endPs());
    tree.put("events", record.outcome().events());
    tree.put("fingerprint", record.outcome().fingerprint().total());
    tree.put("findings", counts(record));
    tree.put("ledger_closed", record.judgement().isLedgerClosed());
    tree.put("ledger_gaps", record.judgement().gaps().stream().map(LedgerGap::line).toList());
    tree.put("unfinished_operations", record.judgement().unfinished().size());
    tree.put(
        "operations",
        KindSummary.of(record.judgement().rows()).stream().map(Trees::operations).toList());
    tree.put(
        "exposures", record.judgement().exposures().stream().map(Trees::exposure).toList());
    tree.put("faults", faults(record.collected().stats().waits(record.outcome().endPs())));
    tree.put("trouble", trouble(record.collected().stats()));
    tree.put("reproduce", record.texts().reproduce());
    return tree;
  }

  /** What was put into the run, and how often it struck. */
  static List<Object> trouble(Stats stats) {
    List<Object> all = new ArrayList<>();
    for (Injected.Row row : stats.injected().rows()) {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("name", row.name());
      tree.put("where", row.where());
      tree.put("struck", row.struck());
      all.add(tree);
    }
    return all;
  }

  static Map<String, Object> verdicts(RunRecord record) {
    List<Object> findings = new ArrayList<>();
    for (Finding finding : record.judgement().findings()) {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("verdict", finding.verdict().text());
      tree.put("at_ps", finding.atPs());
      tree.put("component", finding.component());
      tree.put("summary", finding.summary());
      finding.staleUse().ifPresent(evidence -> tree.put("stale_use", staleUse(evidence)));
      findings.add(tree);
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("schema", SCHEMA);
    tree.put("verdict", record.verdict().text());
    tree.put("findings", findings);
    tree.put("unlisted_findings", record.judgement().unlisted());
    return tree;
  }

  private static SortedMap<String, Object> counts(RunRecord record) {
    SortedMap<String, Object> counts = new TreeMap<>();
    for (Finding finding : record.judgement().findings()) {
      counts.merge(finding.verdict().text(), 1L, (a, b) -> (Long) a + (Long) b);
    }
    if (record.judgement().unlisted() > 0) {
      counts.put("unlisted", record.judgement().unlisted());
    }
    return counts;
  }

  /** Percentiles name the operation behind them. */
  private static Map<String, Object> operations(KindSummary kind) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("kind", kind.kind());
    tree.put("count", kind.count());
    for (int percent : new int[] {50, 99, 100}) {
      String name = percent == 100 ? "max" : "p" + percent;
      tree.put(name + "_ps", kind.at(percent).elapsedPs());
      tree.put(name + "_operation", kind.at(percent).operation());
    }
    tree.put("elapsed_ps", kind.elapsedPs());
    tree.put("stolen_ps", kind.stolenPs());
    tree.put("ipis", kind.ipis());
    tree.put("secondary_flushes", kind.secondaryFlushes());
    tree.put("requested_pages", kind.requestedPages());
    tree.put("flushed_pages", kind.flushedPages());
    tree.put("widened_to_all", kind.widenedToAll());
    return tree;
  }

  private static Map<String, Object> exposure(Exposure exposure) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("holders", exposure.kind().name().toLowerCase(Locale.ROOT));
    tree.put("windows", exposure.windows());
    tree.put("open", exposure.open());
    tree.put("p50_ns", exposure.p50Ns());
    tree.put("p99_ns", exposure.p99Ns());
    tree.put("max_ps", exposure.maxPs());
    return tree;
  }

  /** Of accesses that software had to serve; times are null if there were none. */
  private static Map<String, Object> faults(Waits waits) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("raised", waits.all().size());
    for (Waits.End end : Waits.End.values()) {
      tree.put(
          end.name().toLowerCase(Locale.ROOT),
          waits.all().stream().filter(wait -> wait.end() == end).count());
    }
    tree.put("retries", waits.all().stream().mapToLong(Waits.Wait::retries).sum());
    boolean any = !waits.all().isEmpty();
    for (int percent : new int[] {50, 99, 100}) {
      tree.put(
          "wait_" + (percent == 100 ? "max" : "p" + percent) + "_ps",
          any ? (Long) waits.waitPs(percent) : null);
    }
    tree.put("standstill_max_ps", any ? (Long) waits.standstillPs() : null);
    return tree;
  }

  private static Map<String, Object> staleUse(StaleUse stale) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("kind", stale.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    tree.put("holder", stale.entry().holder());
    tree.put("mm", stale.entry().mm());
    tree.put("page", stale.entry().page());
    tree.put("pfn", stale.entry().pfn());
    tree.put("read_ps", orNull(stale.entry().readAtPs()));
    tree.put("filled_ps", orNull(stale.entry().filledAtPs()));
    stale
        .change()
        .ifPresent(
            change -> {
              tree.put("change", change.change().name().toLowerCase(Locale.ROOT));
              tree.put("changed_by", change.actor());
              tree.put("changed_ps", change.atPs());
            });
    tree.put("freed_by", stale.free().actor());
    tree.put("freed_operation", stale.free().operation());
    tree.put("freed_path", stale.free().path());
    tree.put("freed_ps", stale.free().atPs());
    stale
        .cover()
        .flush()
        .ifPresent(
            flush -> {
              tree.put("flush_by", flush.actor());
              tree.put("flush_range", flush.flushed().toString());
              tree.put("flush_covers", stale.isCovered());
              tree.put("flush_began_ps", flush.beganPs());
              tree.put("flush_ended_ps", orNull(flush.endedPs()));
            });
    stale
        .cover()
        .invalidation()
        .ifPresent(
            invalidation -> {
              tree.put("invalidation_sent_ps", invalidation.sentPs());
              tree.put("invalidation_taken_ps", orNull(invalidation.takenPs()));
              tree.put("invalidation_done_ps", orNull(invalidation.donePs()));
            });
    tree.put("used_ps", orNull(stale.usedAtPs()));
    return tree;
  }

  private static Long orNull(OptionalLong value) {
    return value.isPresent() ? (Long) value.getAsLong() : null;
  }
}
