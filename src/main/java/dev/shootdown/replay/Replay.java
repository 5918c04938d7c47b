package dev.shootdown.replay;

import dev.shootdown.check.LedgerRow;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.scenario.ScenarioRun;
import dev.shootdown.scenario.TraceLine;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Replays a recorded trace: its causes run on a simulated machine, and what the simulated kernel
 * did is held against what the recorded one did.
 */
public final class Replay {
  private final SystemPool pool;
  private final Scenario profile;

  /** A replay on the machine of {@code profile}. */
  public Replay(SystemPool pool, Scenario profile) {
    this.pool = pool;
    this.profile = profile;
  }

  private record Pair(SyscallCause cause, FlushCounts recorded, LedgerRow simulated,
      long simulatedFlushes) {}

  /**
   * Runs the causes of {@code recording} and compares.
   *
   * @param file the recording's name, for messages
   * @throws TraceProblem if the trace needs a machine that the profile is not
   */
  public Comparison compare(String file, Recording recording) {
    Recorded recorded = Recorded.of(recording);
    Causes causes = Causes.of(recording);
    AddressSpaces spaces = AddressSpaces.infer(causes.list(), causes.names());
    ReplayPlan plan = new ReplayPlan(file, profile, causes, spaces);
    ScenarioResult result = run(plan);
    List<Pair> pairs = pairs(plan, recorded, result);
    FlushCounts inside = FlushCounts.NONE;
    long ipis = 0;
    long flushes = 0;
    for (Pair pair : pairs) {
      inside = inside.plus(pair.recorded());
      ipis += pair.simulated().ipis();
      flushes += pair.simulatedFlushes();
    }
    List<String> remarks = new ArrayList<>(recording.reading().remarks());
    spaces.spaces().forEach(space -> remarks.add(space.explanation()));
    return new Comparison(
        rows(pairs), recorded.totals().flushes(), inside, ipis, flushes, plan.skipped(),
        result.judgement().verdictOf(result.outcome().complete()).text(),
        result.outcome().fingerprint().total(), result.outcome().events(), remarks);
  }

  /** The fingerprint of the simulated run alone, which depends on nothing but causes. */
  public String fingerprint(String file, Recording recording) {
    Causes causes = Causes.of(recording);
    AddressSpaces spaces = AddressSpaces.infer(causes.list(), causes.names());
    return run(new ReplayPlan(file, profile, causes, spaces)).outcome().fingerprint().total();
  }

  private ScenarioResult run(ReplayPlan plan) {
    ScenarioResult result =
        new ScenarioRun(pool, plan.scenario(), 1, 1, true, new StopFlag()).run();
    result
        .outcome()
        .failure()
        .ifPresent(
            failure -> {
              throw new IllegalStateException("the simulated run failed: " + failure.line());
            });
    return result;
  }

  private List<Pair> pairs(ReplayPlan plan, Recorded recorded, ScenarioResult result) {
    Map<Long, Long> flushes = new TreeMap<>();
    for (TraceLine line : result.trace()) {
      if (line.fact() instanceof MachineFact.FlushBegan flush
          && flush.audience() == MachineFact.Audience.CPU) {
        flushes.merge(flush.operation(), 1L, Long::sum);
      }
    }
    Map<Integer, List<LedgerRow>> rows = new TreeMap<>();
    for (LedgerRow row : result.judgement().rows()) {
      if (!row.kind().equals("fault")) {
        int cpu = (int) (row.operation() >>> 40);
        rows.computeIfAbsent(cpu, key -> new ArrayList<>()).add(row);
      }
    }
    Map<SyscallCause, FlushCounts> effects = new LinkedHashMap<>();
    recorded.effects().forEach(
        effect -> {
          if (effect.cause() instanceof SyscallCause call) {
            effects.put(call, effect.flushes());
          }
        });
    List<Pair> pairs = new ArrayList<>();
    plan.operations().forEach(
        (cpu, calls) -> {
          List<LedgerRow> own = rows.getOrDefault(cpu, List.of());
          for (int i = 0; i < Math.min(calls.size(), own.size()); i++) {
            SyscallCause call = calls.get(i);
            LedgerRow row = own.get(i);
            pairs.add(
                new Pair(
                    call, effects.getOrDefault(call, FlushCounts.NONE), row,
                    flushes.getOrDefault(row.operation(), 0L)));
          }
        });
    return pairs;
  }

  private static List<Comparison.Row> rows(List<Pair> pairs) {
    Map<String, Map<Long, List<Pair>>> grouped = new TreeMap<>();
    for (Pair pair : pairs) {
      long pages = (pair.cause().call().lengthBytes() + 0xfff) >>> 12;
      Map<Long, List<Pair>> sizes =
          grouped.computeIfAbsent(pair.simulated().kind(), key -> new TreeMap<>());
      sizes.computeIfAbsent(0L, key -> new ArrayList<>()).add(pair);
      sizes.computeIfAbsent(pages, key -> new ArrayList<>()).add(pair);
    }
    List<Comparison.Row> rows = new ArrayList<>();
    grouped.forEach(
        (kind, sizes) -> sizes.forEach((pages, own) -> rows.add(row(kind, pages, own))));
    return rows;
  }

  private static Comparison.Row row(String kind, long pages, List<Pair> pairs) {
    List<Long> recordedNs = new ArrayList<>();
    List<Long> simulatedNs = new ArrayList<>();
    FlushCounts recorded = FlushCounts.NONE;
    long flushes = 0;
    long ipis = 0;
    for (Pair pair : pairs) {
      recordedNs.add(pair.cause().durationPs() / 1000);
      simulatedNs.add(pair.simulated().elapsedPs() / 1000);
      recorded = recorded.plus(pair.recorded());
      flushes += pair.simulatedFlushes();
      ipis += pair.simulated().ipis();
    }
    return new Comparison.Row(
        kind, pages, pairs.size(), Percentiles.of(recordedNs), Percentiles.of(simulatedNs),
        recorded.local(), flushes, recorded.queued(), ipis, recorded.unexplained());
  }
}
