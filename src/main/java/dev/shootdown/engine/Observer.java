package dev.shootdown.engine;

/**
 * Sees every fact of a run, one at a time, in an order that depends on content alone: time, then
 * causal depth at that instant, then component, then the component's own order. Never called from
 * two threads at once.
 */
public interface Observer {
  /** {@code fact} happened at {@code atPs} in the component with that name. */
  void seen(long atPs, String component, Fact fact);
}
