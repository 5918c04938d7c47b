package dev.shootdown.sweep;

import dev.shootdown.check.Finding;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is kept of one run.
 *
 * @param key which run
 * @param ending how it ended
 * @param metrics figures by name; the unit is in the name
 * @param latencies how long operations took, in ns, as HdrHistogram V2 payloads, by kind
 * @param findings the first of those that the judges made
 * @param epochs digests by epoch and component, as {@link Epochs} packs them; empty if none
 */
public record RunResult(
    RunKey key, Ending ending, SortedMap<String, Double> metrics,
    SortedMap<String, byte[]> latencies, List<Finding> findings, byte[] epochs) {
  public RunResult {
    metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
    latencies = Collections.unmodifiableSortedMap(new TreeMap<>(latencies));
    findings = List.copyOf(findings);
  }

  /**
   * Which run.
   *
   * @param point the point's index
   * @param repetition from 0
   */
  public record RunKey(int point, int repetition) implements Comparable<RunKey> {
    @Override
    public int compareTo(RunKey other) {
      return point != other.point
          ? Integer.compare(point, other.point)
          : Integer.compare(repetition, other.repetition);
    }
  }

  /**
   * How a run ended.
   *
   * @param seed its seed
   * @param verdict as text; empty if the run failed
   * @param findings how many there were, those that are not listed included
   * @param fingerprint digest over all facts; empty if the run failed
   * @param failure why it failed inside or could not be built; empty if it did not
   */
  public record Ending(
      long seed, String verdict, long findings, String fingerprint, String failure) {
    /** Whether the run itself failed, so that it has no verdict. */
    public boolean isFailed() {
      return !failure.isEmpty();
    }
  }

  /** A run that failed before there was a result. */
  static RunResult failed(RunKey key, long seed, String why) {
    return new RunResult(
        key, new Ending(seed, "", 0, "", why), new TreeMap<>(), new TreeMap<>(), List.of(),
        new byte[0]);
  }
}
