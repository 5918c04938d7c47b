package dev.shootdown.check;

import java.util.Optional;

/**
 * One thing that a judge holds against a run.
 *
 * @param verdict what it amounts to
 * @param atPs when it was established, in ps
 * @param component the component it is about
 * @param summary one line for a person
 * @param staleUse the evidence, for {@link Verdict#STALE_USE}
 */
public record Finding(
    Verdict verdict, long atPs, String component, String summary, Optional<StaleUse> staleUse) {

  /** A finding that is its own evidence. */
  public static Finding breach(long atPs, String component, String summary) {
    return new Finding(Verdict.PROTOCOL_BREACH, atPs, component, summary, Optional.empty());
  }
}
