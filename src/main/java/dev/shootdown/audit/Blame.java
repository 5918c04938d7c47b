package dev.shootdown.audit;

import dev.shootdown.check.Finding;
import dev.shootdown.check.Judgement;
import dev.shootdown.check.StaleUse;
import java.util.List;

/** Whose fault a finding is: that of the operation which a row is about, or of one beside it. */
final class Blame {
  /** The CPU that carries out the row's operation. */
  static final String INITIATOR = "cpu0";

  private Blame() {}

  /**
   * Whether {@code operation} did the deed, or flushes too late for it, or changed the entry; so
   * is a finding that names no operation.
   */
  static boolean isOn(String operation, Finding finding) {
    if (finding.staleUse().isEmpty()) {
      return true;
    }
    StaleUse stale = finding.staleUse().get();
    String deed = stale.free().path();
    String flush = stale.cover().flush().map(StaleUse.Flush::path).orElse("");
    return deed.equals(operation) || flush.equals(operation) || deed.isEmpty() && flush.isEmpty()
        || stale.change().filter(change -> change.actor().equals(INITIATOR)).isPresent();
  }

  /** Those that are on {@code operation}. */
  static List<Finding> on(String operation, Judgement judgement) {
    return judgement.findings().stream()
        .filter(finding -> finding.verdict().isSafetyViolation() && isOn(operation, finding))
        .toList();
  }

  /** What a finding that is not on {@code operation} begins with. */
  static String beside(String operation, Finding finding) {
    String deed = finding.staleUse().map(stale -> stale.free().path()).orElse("");
    return "beside " + operation + (deed.isEmpty() ? ": " : ", by " + deed + ": ");
  }
}
