package dev.shootdown.engine;

import java.util.List;

/**
 * What the engine keeps of a component, beside its dice.
 *
 * @param sequence messages that it has sent
 * @param digest of its facts
 * @param factCount facts
 * @param epochEndPs the end of the epoch of its last fact, in ps
 * @param instantPs time of its last event, in ps, −1 if there was none
 * @param instantDepth causal depth at that time
 * @param stopped whether it has ended
 * @param epochs its digests at the ends of epochs
 * @param pending what is on its way to it, in the order of events
 */
record CellState(
    long sequence, long digest, long factCount, long epochEndPs, long instantPs, int instantDepth,
    boolean stopped, List<Tally.EpochDigest> epochs, List<Pending> pending) {
  /**
   * An event.
   *
   * @param route receiver and sender, as {@link Event#route}
   * @param inlet number of the receiver's inlet that it comes through, −1 for its own timer
   */
  record Pending(
      long timePs, long route, long sequence, int depth, int inlet, Object payload) {}
}
