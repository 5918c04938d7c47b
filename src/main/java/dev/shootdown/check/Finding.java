package dev.shootdown.check;

import java.util.List;
import java.util.Optional;

/**
 * One thing that a judge holds against a run.
 *
 * @param verdict what it amounts to
 * @param atPs when it was established, in ps
 * @param component the component it is about
 * @param summary one line for a person
 * @param staleUse the evidence, if it is about a cached translation
 * @param standstill the evidence, for {@link Verdict#NO_PROGRESS}
 * @param tried what came of running it again with the missing order of steps added, if that was
 *     done
 * @param steps how it came to that, for a chart; empty if it is its own evidence
 */
public record Finding(
    Verdict verdict,
    long atPs,
    String component,
    String summary,
    Optional<StaleUse> staleUse,
    Optional<Standstill> standstill,
    Optional<String> tried,
    List<Standstill.Step> steps) {

  /** A finding that nobody has run again. */
  public Finding(
      Verdict verdict, long atPs, String component, String summary, Optional<StaleUse> staleUse,
      Optional<Standstill> standstill) {
    this(
        verdict, atPs, component, summary, staleUse, standstill, Optional.empty(), List.of());
  }

  /** A finding about a cached translation, or one that is its own evidence. */
  public Finding(
      Verdict verdict, long atPs, String component, String summary, Optional<StaleUse> staleUse) {
    this(verdict, atPs, component, summary, staleUse, Optional.empty());
  }

  /** A finding that is its own evidence. */
  public static Finding breach(long atPs, String component, String summary) {
    return breach(atPs, component, summary, List.of());
  }

  /** A breach that {@code steps}, in the order of time, led to. */
  static Finding breach(
      long atPs, String component, String summary, List<Standstill.Step> steps) {
    return new Finding(
        Verdict.PROTOCOL_BREACH, atPs, component, summary, Optional.empty(), Optional.empty(),
        Optional.empty(), List.copyOf(steps));
  }

  /** The same, with what came of another run with the missing order added. */
  public Finding withTried(String what) {
    return new Finding(
        verdict, atPs, component, summary, staleUse, standstill, Optional.of(what), steps);
  }

  /** The witness as text, with the command that shows it again; empty if it accuses nobody. */
  public Optional<String> witness(String reproduce) {
    if (verdict == Verdict.INCONCLUSIVE) {
      return Optional.empty();
    }
    return staleUse
        .map(evidence -> Witness.of(evidence, tried, reproduce))
        .or(() -> standstill.map(evidence -> StandstillWitness.of(evidence, reproduce)))
        .or(() -> Optional.of(Witness.ofBreach(this, reproduce)));
  }
}
