package dev.shootdown.sweep;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Other places where work can be done, as bytes: what {@link SpreadWork} does. */
public interface Spread {
  /** How many places there are now, this one included. */
  int places();

  /**
   * Has all works done, each at least once, somewhere.
   *
   * @param works each makes its bytes when its turn comes, on the calling thread
   * @param stopped asked now and then; what is under way may then be given up
   * @param taker gets what came of each work once, on the calling thread
   */
  void run(List<? extends Supplier<byte[]>> works, BooleanSupplier stopped, Taker taker);

  /** Takes what came of works. */
  interface Taker {
    /** Some of them, in any order. */
    void take(List<byte[]> outcomes);
  }
}
