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
import java.util.Optional;
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

  /**
   * Runs the causes of {@code recording} and compares.
   *
   * @param file the recording's name, for messages
   * @throws TraceProblem if the trace needs a machine that the profile is not
   */
  public Comparison compare(String file, Recording recording) {
    Recorded recorded = Recorded.of(recording);
    Causes causes = Causes.of(recording);
    AddressSpaces spaces =
        AddressSpaces.infer(causes.list(), causes.names(), recording.groups());
    ReplayPlan plan = new ReplayPlan(file, profile, causes, spaces, recording.groups());
    ScenarioResult result = run(plan);
    List<ReplayedCause> pairs = pairs(plan, recorded, result);
    FlushCounts inside = FlushCounts.NONE;
    long ipis = 0;
    for (ReplayedCause pair : pairs) {
      inside = inside.plus(pair.recorded());
      ipis += pair.ipis();
    }
    Comparison.Simulated simulated = new Comparison.Simulated(
        ipis, Bill.of(result.judgement().rows()), verdict(result),
        result.outcome().fingerprint().total(), result.outcome().events());
    return new Comparison(ComparisonRows.of(pairs), recorded.totals().flushes(), inside, simulated,
        plan.skipped(), Remarks.of(recording, spaces, plan));
  }

  /** What the same causes cost on this machine, whatever was recorded. */
  public Comparison.Simulated counterfactual(String file, Recording recording) {
    ScenarioResult result = run(plan(file, recording));
    Bill bill = Bill.of(result.judgement().rows());
    return new Comparison.Simulated(
        bill.ipis(), bill, verdict(result), result.outcome().fingerprint().total(),
        result.outcome().events());
  }

  /** The fingerprint of the simulated run alone, which depends on nothing but causes. */
  public String fingerprint(String file, Recording recording) {
    return run(plan(file, recording)).outcome().fingerprint().total();
  }

  private ReplayPlan plan(String file, Recording recording) {
    Causes causes = Causes.of(recording);
    AddressSpaces spaces =
        AddressSpaces.infer(causes.list(), causes.names(), recording.groups());
    return new ReplayPlan(file, profile, causes, spaces, recording.groups());
  }

  private static String verdict(ScenarioResult result) {
    return result.judgement().verdictOf(result.outcome().complete()).text();
  }

  private ScenarioResult run(ReplayPlan plan) {
    ScenarioResult result =
        new ScenarioRun(pool, plan.scenario(), 1, 1, true, new StopFlag()).judgedApart().run();
    result
        .outcome()
        .failure()
        .ifPresent(
            failure -> {
              throw new IllegalStateException("the simulated run failed: " + failure.line());
            });
    return result;
  }

  private static List<ReplayedCause> pairs(
      ReplayPlan plan, Recorded recorded, ScenarioResult result) {
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
    Map<Cause, FlushCounts> effects = new LinkedHashMap<>();
    Map<Cause, FlushCounts> before = new LinkedHashMap<>();
    recorded.effects().forEach(effect -> {
      effects.put(effect.cause(), effect.flushes());
      before.put(effect.cause(), effect.before());
    });
    Map<Integer, ReplayedCause> pairs = new TreeMap<>();
    plan.operations().forEach(
        (cpu, own) -> {
          List<LedgerRow> simulated = rows.getOrDefault(cpu, List.of());
          for (int i = 0; i < Math.min(own.size(), simulated.size()); i++) {
            ReplayedOperation operation = own.get(i);
            Optional<Cause> proof = plan.proof(operation.cause());
            FlushCounts flushed = proof.isPresent()
                ? before.getOrDefault(proof.get(), FlushCounts.NONE)
                : effects.getOrDefault(operation.cause(), FlushCounts.NONE);
            if (operation.cause() instanceof DaemonCause) { // its line follows what it did
              flushed = flushed.plus(before.getOrDefault(operation.cause(), FlushCounts.NONE));
            }
            FlushCounts counts = flushed;
            pairs.computeIfAbsent(operation.causeIndex(), index ->
                    new ReplayedCause(operation, counts, proof.isEmpty()))
                .add(simulated.get(i), flushes.getOrDefault(simulated.get(i).operation(), 0L));
          }
        });
    return new ArrayList<>(pairs.values());
  }
}
