package dev.shootdown.engine;

import java.util.List;

/**
 * How a run's components are spread.
 *
 * @param members names by partition
 * @param cuts wires between partitions, without families that everybody shares
 * @param lookaheadPs length of a window in ps; {@code Long.MAX_VALUE} if nothing is cut
 * @param meetings who meets whom, if several nodes share the run
 */
public record PlacementReport(
    List<List<String>> members, List<Cut> cuts, long lookaheadPs, Meetings meetings) {
  /**
   * Which nodes swap frames in every window.
   *
   * @param neighbours of each node; empty if there is only one
   * @param rounds windows until what one node says has come to all others
   */
  public record Meetings(List<List<Integer>> neighbours, int rounds) {}

  /**
   * A wire that crosses.
   *
   * @param from its sender
   * @param port the port or family that it is on
   * @param to its receiver
   * @param minimumPs its least latency in ps
   */
  public record Cut(String from, String port, String to, long minimumPs) {}
}
