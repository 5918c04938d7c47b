package dev.shootdown.museum;

import dev.shootdown.check.CostReport.InterruptsOff;
import dev.shootdown.check.CostReport.Lockup;
import dev.shootdown.check.Finding;
import dev.shootdown.check.Judgement;
import dev.shootdown.check.LedgerRow;
import dev.shootdown.config.Scale;
import dev.shootdown.museum.Result.Found;
import dev.shootdown.scenario.ScenarioResult;
import java.util.Optional;

/**
 * What a run comes to in the museum: the judges' verdict, or a sign that is no verdict of theirs.
 */
final class Evidence {
  private static final long MS_PS = 1_000_000_000L;

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
    Optional<String> sign =
        switch (schedule.exhibit().spec().sign()) {
          case VERDICT -> Optional.empty();
          case LOCKUP -> lockup(judgement);
          case STUCK -> result.outcome().complete() ? stuck(judgement) : Optional.empty();
        };
    if (sign.isPresent()) {
      String name = schedule.exhibit().spec().sign().text();
      return new Found(
          schedule.number(), name, sign.get(), name + ": " + sign.get() + "\n", reproduce);
    }
    String verdict = judgement.verdictOf(result.outcome().complete()).text();
    Optional<Finding> first =
        judgement.findings().stream()
            .filter(finding -> finding.verdict().text().equals(verdict))
            .findFirst();
    String summary = first.map(Finding::summary).orElse("");
    String witness =
        first.map(
            finding ->
                finding.witness(reproduce)
                    .orElseGet(() -> verdict + ": " + finding.summary() + "\n"))
            .orElse("");
    return new Found(schedule.number(), verdict, summary, witness, reproduce);
  }

  private static Optional<String> lockup(Judgement judgement) {
    for (InterruptsOff off : judgement.costs().holding().interruptsOff()) {
      if (off.lockup() != Lockup.NONE) {
        return Optional.of(
            off.cpu() + " had interrupts off for " + off.longestPs() / MS_PS + " ms"
                + (off.path().isEmpty() ? "" : " in " + off.path()) + ", where Linux reports "
                + (off.lockup() == Lockup.HARD ? "a hard lockup" : "a hard and a soft lockup"));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> stuck(Judgement judgement) {
    return judgement.unfinished().stream().findFirst().map(Evidence::unfinished);
  }

  private static String unfinished(LedgerRow row) {
    return row.kind() + " of " + row.range() + " on " + row.cpu() + " began at "
        + Scale.TIME.show(row.beganPs()) + " and waits for something that cannot come any more";
  }
}
