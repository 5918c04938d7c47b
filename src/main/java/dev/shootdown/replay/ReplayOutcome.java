package dev.shootdown.replay;

import java.util.List;

/**
 * Everything that one call of {@code replay} found out.
 *
 * @param trace the file's name
 * @param machine the profile, and the overrides that were given
 * @param comparison recorded beside simulated
 * @param others the same causes under other configurations
 * @param sites what called for the flushes, if the trace has call chains
 */
public record ReplayOutcome(
    String trace, String machine, Comparison comparison, List<Other> others,
    List<FlushSites.Site> sites) {

  /** The same causes elsewhere. */
  public record Other(WhatIf whatIf, Comparison.Simulated simulated) {}
}
