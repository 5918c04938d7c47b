package dev.shootdown.cli;

import dev.shootdown.check.Verdict;
import dev.shootdown.sweep.Analysis;
import dev.shootdown.sweep.RunResult;
import dev.shootdown.sweep.Sweep;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a sweep amounts to.
 *
 * @param exitCode what the process ends with
 * @param culprit the row of the first run that is to blame for it
 */
record SweepOutcome(int exitCode, OptionalInt culprit) {
  private static final int SIGNAL_BASE = 128;

  /** Findings alone are results, not failures, unless something else was expected. */
  static SweepOutcome of(Analysis analysis, Interrupts interrupts) {
    int code = ExitCode.OK;
    OptionalInt culprit = OptionalInt.empty();
    for (int row = 0; row < analysis.table().size(); row++) {
      int of = code(analysis, analysis.table().ending(row));
      if (of != ExitCode.OK && (code == ExitCode.OK || of < code)) {
        code = of;
        culprit = OptionalInt.of(row);
      }
    }
    return new SweepOutcome(interrupts.isRaised() ? interrupts.exitCode() : code, culprit);
  }

  /** Whether a signal ended it. */
  boolean isInterrupted() {
    return exitCode > SIGNAL_BASE;
  }

  private static int code(Analysis analysis, RunResult.Ending ending) {
    if (ending.isFailed()) {
      return ending.failure().startsWith(Sweep.REFUSED) ? ExitCode.USAGE : ExitCode.INTERNAL;
    }
    Verdict verdict = Verdict.parse(ending.verdict());
    boolean asExpected =
        analysis.plan().spec().expect().map(verdict::equals).orElse(true);
    if (verdict == Verdict.INCONCLUSIVE
        && !analysis.plan().spec().expect().equals(Optional.of(verdict))) {
      return ExitCode.INCONCLUSIVE;
    }
    if (asExpected) {
      return ExitCode.OK;
    }
    if (verdict.isSafetyViolation()) {
      return ExitCode.VIOLATION;
    }
    return verdict == Verdict.NO_PROGRESS ? ExitCode.NO_PROGRESS : ExitCode.NOT_MET;
  }
}
