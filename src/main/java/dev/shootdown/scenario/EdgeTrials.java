package dev.shootdown.scenario;

import dev.shootdown.check.Finding;
import dev.shootdown.check.Judgement;
import dev.shootdown.check.StaleUse;
import dev.shootdown.check.Verdict;
import dev.shootdown.config.ConfigProblems;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Checks the order of two steps that a finding says is missing: the same scenario is run again,
 * with the same seed and in the same schedule, with that order added to it ({@link AddedEdge}).
 *
 * <p>Findings that ask for the same addition share a run, and no more than {@value #RUNS} runs are
 * made, the first one for the finding that the verdict is about. What came of it stands in {@link
 * Finding#tried}.
 */
public final class EdgeTrials {
  private static final int RUNS = 3;

  private final Variant variant;
  private final Judgement judgement;
  private final Function<Scenario, ScenarioResult> again;
  private final Map<String, ScenarioResult> results = new LinkedHashMap<>();

  private EdgeTrials(
      Variant variant, Judgement judgement, Function<Scenario, ScenarioResult> again) {
    this.variant = variant;
    this.judgement = judgement;
    this.again = again;
  }

  /**
   * The judgement with what was tried for its findings.
   *
   * @param variant what was run
   * @param judgement what came of it
   * @param most findings that get a trial, ≥ 1
   * @param again runs a scenario with the seed and in the schedule of that run
   */
  public static Judgement of(
      Variant variant, Judgement judgement, int most,
      Function<Scenario, ScenarioResult> again) {
    EdgeTrials trials = new EdgeTrials(variant, judgement, again);
    Map<Finding, String> tried = new LinkedHashMap<>();
    List<Finding> order = new ArrayList<>();
    judgement.told().ifPresent(order::add);
    order.addAll(judgement.findings());
    for (Finding finding : order) {
      if (tried.size() < most && finding.staleUse().isPresent() && !tried.containsKey(finding)) {
        trials.of(finding, finding.staleUse().get(), tried);
      }
    }
    List<Finding> findings = new ArrayList<>();
    for (Finding finding : judgement.findings()) {
      String what = tried.get(finding);
      findings.add(what == null ? finding : finding.withTried(what));
    }
    return judgement.with(List.copyOf(findings));
  }

  private void of(Finding finding, StaleUse stale, Map<Finding, String> tried) {
    if (stale.edges().isEmpty()) {
      return;
    }
    AddedEdge added;
    try {
      added = AddedEdge.to(variant, judgement.rows(), stale);
    } catch (AddedEdge.Impossible impossible) {
      tried.put(finding, "not tried; " + impossible.getMessage());
      return;
    } catch (ConfigProblems refused) {
      tried.put(finding, "not tried; " + refused.problems().get(0).message());
      return;
    }
    ScenarioResult result = results.get(added.text());
    if (result == null && results.size() < RUNS) {
      result = again.apply(added.scenario());
      results.put(added.text(), result);
    }
    if (result != null) {
      tried.put(finding, "with " + added.text() + ": " + outcome(finding, result));
    }
  }

  private static String outcome(Finding finding, ScenarioResult result) {
    if (result.outcome().failure().isPresent()) {
      return "the run failed inside";
    }
    Verdict verdict = result.judgement().verdictOf(result.outcome().complete());
    if (verdict == Verdict.CLEAN) {
      return "clean, in the same schedule";
    }
    boolean still =
        result.judgement().findings().stream().anyMatch(other -> isAlike(finding, other));
    return still
        ? "not enough, it is there all the same"
        : "it is gone, but the run comes to " + verdict.text()
            + (verdict == finding.verdict() ? " by others of its kind" : "");
  }

  /** Whether it is about the same translation of the same holder. */
  private static boolean isAlike(Finding one, Finding other) {
    if (other.staleUse().isEmpty() || one.verdict() != other.verdict()) {
      return false;
    }
    StaleUse.Entry a = one.staleUse().orElseThrow().entry();
    StaleUse.Entry b = other.staleUse().get().entry();
    return a.holder().equals(b.holder()) && a.mm() == b.mm() && a.page() == b.page()
        && a.pfn() == b.pfn();
  }
}
