package dev.shootdown.engine;

/** How long a message takes from one port to one inlet. Arithmetic at the sender, no event. */
public interface Link {
  /**
   * The arrival time in ps, at least {@code nowPs + minimumPs()}. Called once per message, in the
   * sender's order; it may draw from the sender's dice and keep its own state.
   */
  long arrivalPs(long nowPs, Object message, Dice dice);

  /** The smallest latency that this link ever adds, in ps, ≥ 0. Bounds the lookahead. */
  long minimumPs();

  /**
   * What every message takes, in ps, if that is all there is to the link: no dice, no state, one
   * copy. It needs not be asked again then. −1 if there is more to it.
   */
  default long constantPs() {
    return -1;
  }

  /**
   * How many copies of the message the link delivers: 1, unless trouble was injected. Asked once
   * per message, before {@link #arrivalPs}.
   */
  default int copies(long nowPs, Object message) {
    return 1;
  }
}
