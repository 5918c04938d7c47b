package dev.shootdown.interconnect;

import dev.shootdown.config.Limits;

/**
 * A mesh of tiles on a die, or of sockets: messages go along a row and then along a column.
 *
 * @param columns how many tiles a row has; tiles are numbered row by row from 0
 * @param hopPs from a tile to its neighbour, in ps
 */
public record MeshSpec(
    @Limits(min = 1, max = 1 << 10) int columns,
    @Limits(min = 1, rule = "hops of no time would change nothing") long hopPs) {
  /** How many hops it is from tile {@code from} to tile {@code to}, both ≥ 0. */
  public int hops(int from, int to) {
    return Math.abs(from % columns - to % columns) + Math.abs(from / columns - to / columns);
  }

  /** {@code near} as it is between neighbours, longer by the hops that are more than one. */
  public WireSpec between(WireSpec near, int from, int to) {
    return near.farther(Math.max(0, hops(from, to) - 1) * hopPs);
  }
}
