package dev.shootdown.report;

import dev.shootdown.check.Judgement;
import dev.shootdown.check.Verdict;
import dev.shootdown.engine.RunOutcome;

/**
 * All that is to be told of one run.
 *
 * @param identity which run
 * @param texts what it was asked for
 * @param outcome what the engine says
 * @param judgement what the judges say
 * @param collected what was gathered on the way
 * @param circumstances what differs from one equal run to the next
 */
public record RunRecord(
    Identity identity,
    Texts texts,
    RunOutcome outcome,
    Judgement judgement,
    Collected collected,
    Circumstances circumstances) {

  /** The judges' verdict, inconclusive instead of clean if the run did not complete. */
  public Verdict verdict() {
    return judgement.verdictOf(outcome.complete());
  }

  /** Whether the run itself failed: a model threw, or the ledger does not close. */
  public boolean isFailed() {
    return outcome.failure().isPresent() || !judgement.isLedgerClosed();
  }

  /** Whether the verdict is the expected one; without an expectation, whether it is clean. */
  public boolean isAsExpected() {
    return !isFailed() && verdict() == texts.expected().orElse(Verdict.CLEAN);
  }
}
