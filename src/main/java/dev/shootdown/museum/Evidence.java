package dev.shootdown.museum;

import dev.shootdown.check.CostReport.InterruptsOff;
import dev.shootdown.check.CostReport.Lockup;
import dev.shootdown.check.Finding;
import dev.shootdown.check.Judgement;
import dev.shootdown.check.LedgerRow;
import dev.shootdown.check.LockupWitness;
import dev.shootdown.museum.ExhibitSpec.Sign;
import dev.shootdown.museum.Result.Found;
import dev.shootdown.scenario.ScenarioResult;
import java.util.Optional;

/**
 * What a run comes to in the museum: the judges' verdict, or a sign that is no verdict of theirs.
 */
final class Evidence {
  private Evidence() {}

  /** Reads {@code result}, a run of {@code schedule}. */
  static Found of(Schedule schedule, ScenarioResult result, String reproduce) {
    Judgement judgement = result.judgement();
    Optional<String> failure =
        result.outcome().failure()
            .map(what -> "internal failure in " + what.line())
            .or(() -> judgement.gaps().stream().findFirst()
                .map(gap -> "internal failure: the ledger does not close, " + gap.line()));
    if (failure.isPresent()) {
      return new Found(schedule.number(), failure.get(), "", "", reproduce);
    }
    if (schedule.exhibit().spec().sign() == Sign.LOCKUP) {
      Optional<InterruptsOff> lockup = lockup(judgement);
      if (lockup.isPresent()) {
        return lockup(schedule, judgement, lockup.get(), reproduce);
      }
    }
    String verdict = judgement.verdictOf(result.outcome().complete()).text();
    Optional<Finding> first = judgement.told();
    String summary = first.map(Finding::summary).orElse("");
    String witness =
        first.map(
            finding ->
                finding.witness(reproduce)
                    .orElseGet(() -> verdict + ": " + finding.summary() + "\n"))
            .orElse("");
    return new Found(schedule.number(), verdict, summary, witness, reproduce);
  }

  private static Optional<InterruptsOff> lockup(Judgement judgement) {
    return judgement.costs().holding().interruptsOff().stream()
        .filter(off -> off.lockup() != Lockup.NONE)
        .findFirst();
  }

  private static Found lockup(
      Schedule schedule, Judgement judgement, InterruptsOff off, String reproduce) {
    Optional<LedgerRow> row =
        judgement.rows().stream().filter(r -> r.operation() == off.operation()).findFirst();
    return new Found(
        schedule.number(), Sign.LOCKUP.text(), LockupWitness.summary(off),
        LockupWitness.of(off, row, reproduce), reproduce);
  }
}
