package dev.shootdown.report;

import java.util.List;
import java.util.Optional;

/**
 * What was gathered while the run went on.
 *
 * @param stats counts per component
 * @param log lines with virtual time, in order, beside those that the judgement gives
 * @param facts all facts, if they were to be kept
 */
public record Collected(Stats stats, List<LogLine> log, Optional<FactKeeper> facts) {
  /**
   * One line of the log.
   *
   * @param atPs virtual time in ps
   */
  public record LogLine(long atPs, String text) {}
}
