package dev.shootdown.check;

import java.util.List;
import java.util.Optional;

/**
 * What the judges have to say about a run.
 *
 * @param verdict the worst of the findings
 * @param findings in the order in which they were established
 * @param unlisted findings beyond the number that is kept, ≥ 0
 * @param gaps where the ledger does not close; one is enough to fail the run
 * @param rows operations in the order in which they began, unfinished ones included
 * @param exposures by kind of holder, where there were any
 * @param costs what coherence cost beside that
 */
public record Judgement(
    Verdict verdict,
    List<Finding> findings,
    long unlisted,
    List<LedgerGap> gaps,
    List<LedgerRow> rows,
    List<Exposure> exposures,
    CostReport costs) {

  /** A judgement without figures on costs. */
  public Judgement(
      Verdict verdict,
      List<Finding> findings,
      long unlisted,
      List<LedgerGap> gaps,
      List<LedgerRow> rows,
      List<Exposure> exposures) {
    this(verdict, findings, unlisted, gaps, rows, exposures, CostReport.NONE);
  }

  /** A verdict for a run that has {@code complete}d or not: clean is not said of half a run. */
  public Verdict verdictOf(boolean complete) {
    return complete ? verdict : verdict.or(Verdict.INCONCLUSIVE);
  }

  /** The first finding that amounts to the verdict: the one to tell; empty if nothing was found. */
  public Optional<Finding> told() {
    return findings.stream().filter(finding -> finding.verdict() == verdict).findFirst();
  }

  /** The same with {@code findings} in place of its own. */
  public Judgement with(List<Finding> others) {
    return new Judgement(verdict, others, unlisted, gaps, rows, exposures, costs);
  }

  /** Whether every operation's time adds up. */
  public boolean isLedgerClosed() {
    return gaps.isEmpty();
  }

  /** Operations that had not ended when the run did. */
  public List<LedgerRow> unfinished() {
    return rows.stream().filter(row -> !row.isFinished()).toList();
  }
}
