package dev.shootdown.sweep;

import dev.shootdown.check.Verdict;
import dev.shootdown.report.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a sweep came to, as {@code sweep.json} has it; the report begins with it. */
final class SweepSummary {
  private static final int SCHEMA = 1;

  private SweepSummary() {}

  static String of(Analysis analysis, Surroundings surroundings) {
    SweepPlan plan = analysis.plan();
    List<Integer> all = new ArrayList<>();
    analysis.rowsByPoint().values().forEach(all::addAll);
    Optional<Verdict> expected = plan.spec().expect();
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("schema", SCHEMA);
    tree.put("id", plan.id());
    tree.put("title", plan.title());
    tree.put("question", plan.question());
    tree.put("seed", plan.seed());
    tree.put("points", plan.points().size());
    tree.put("points_run", analysis.rowsByPoint().size());
    tree.put("runs", analysis.table().size());
    tree.put("verdicts", analysis.verdicts(all));
    tree.put("expected", expected.map(Verdict::text).orElse(null));
    tree.put(
        "unexpected_runs",
        all.stream().map(analysis.table()::ending).filter(of -> !isAsExpected(of, expected))
            .count());
    tree.put("axes", Axes.names(plan.spec().axes()));
    tree.put("figures", plan.spec().figures());
    tree.put("reproduce", surroundings.again());
    return Json.text(tree);
  }

  private static boolean isAsExpected(RunResult.Ending ending, Optional<Verdict> expected) {
    return !ending.isFailed()
        && expected.map(verdict -> verdict.text().equals(ending.verdict())).orElse(true);
  }
}
