package dev.shootdown.cli;

import dev.shootdown.check.Verdict;
import dev.shootdown.report.RunRecord;
import java.util.List;

/** What the process ends with. */
final class ExitCode {
  /** Every expectation was met. */
  static final int OK = 0;

  /** The program itself failed: a model threw, a ledger does not close. */
  static final int INTERNAL = 1;

  /** What was asked for makes no sense: an argument, a configuration. */
  static final int USAGE = 2;

  /** The machine is in the way: disk full, directory not writable, no memory. */
  static final int ENVIRONMENT = 3;

  /** Not modelled, or not supported here. */
  static final int NOT_MODELLED = 4;

  /** Memory or a protocol was violated, and that was not expected. */
  static final int VIOLATION = 10;

  /** A request is never served, and that was not expected. */
  static final int NO_PROGRESS = 11;

  /** Fingerprints that should agree differ. */
  static final int DIVERGED = 12;

  /** What was expected did not happen. */
  static final int NOT_MET = 13;

  /** The run ended before there was an answer. */
  static final int INCONCLUSIVE = 14;

  private ExitCode() {}

  /** The code of one run. */
  static int of(RunRecord record) {
    if (record.isFailed()) {
      return INTERNAL;
    }
    if (record.isAsExpected()) {
      return OK;
    }
    Verdict verdict = record.verdict();
    if (verdict.isSafetyViolation()) {
      return VIOLATION;
    }
    return switch (verdict) {
      case NO_PROGRESS -> NO_PROGRESS;
      case INCONCLUSIVE -> INCONCLUSIVE;
      default -> NOT_MET;
    };
  }

  /** The code of several runs: a failure of our own before any finding, then the smallest. */
  static int of(List<Integer> codes) {
    return codes.stream().filter(code -> code != OK).min(Integer::compare).orElse(OK);
  }
}
