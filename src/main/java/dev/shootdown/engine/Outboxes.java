package dev.shootdown.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * What a partition sends to the others, and to itself as a note of how far it is: a letter to each
 * and window.
 *
 * <p>There are places for two windows. A partition that has begun window n + 2 has read everybody's
 * letters of window n + 1, and who wrote one has read all of window n.
 */
final class Outboxes extends Apart {
  /** References between two places: two lines, as processors fetch them in pairs. */
  private static final int APART = 32;

  private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(Letter[].class);

  private int parts;
  private Letter[] open = new Letter[0];
  private Letter[] sent = new Letter[0];

  /** For a run of {@code ofParts} parts in {@code partitions} partitions. */
  void begin(int partitions, int ofParts) {
    parts = ofParts;
    open = new Letter[partitions];
    sent = new Letter[(2 * partitions + 1) * APART];
    clear();
  }

  void add(Event event, int to) {
    open[to].add(event);
  }

  /**
   * The least time in ps of what the open letters to partitions {@code from} to {@code to} − 1
   * hold, {@code Long.MAX_VALUE} if nothing.
   */
  long leastPs(int from, int to) {
    long leastPs = Long.MAX_VALUE;
    for (int i = from; i < to; i++) {
      leastPs = Math.min(leastPs, open[i].leastPs());
    }
    return leastPs;
  }

  /** The least time in ps of what was sent in a window to all but those. */
  long leastBeyondPs(long window, int from, int to) {
    long leastPs = Long.MAX_VALUE;
    for (int i = 0; i < open.length; i++) {
      if (i < from || i >= to) {
        leastPs = Math.min(leastPs, letter(i, window).leastPs());
      }
    }
    return leastPs;
  }

  /** Signs the letters of a window and lets all see them; see {@link Letter#sign}. */
  void send(long window, long earliestPs, boolean halting) {
    for (int to = 0; to < open.length; to++) {
      Letter letter = open[to];
      open[to] = letter.next();
      letter.sign(window, earliestPs, halting);
      PLACE.setRelease(sent, place(to, window), letter);
    }
  }

  /** The letter to partition {@code to} of a window, or null while there is none. */
  Letter letter(int to, long window) {
    return letter(sent, place(to, window), window);
  }

  /**
   * Where letters of this run appear: for who waits for one with {@link #letter(Letter[], int,
   * long)}. Who waits is not to look at anything else of ours, which would take it from our thread.
   */
  Letter[] places() {
    return sent;
  }

  /** The place in {@link #places} of a letter to partition {@code to}. */
  int place(int to, long window) {
    int parity = (int) window & 1;
    return (parity * open.length + to + 1) * APART;
  }

  static Letter letter(Letter[] places, int place, long window) {
    Letter letter = (Letter) PLACE.getAcquire(places, place);
    return letter != null && letter.window() == window ? letter : null;
  }

  /** Forgets all that was written. */
  void clear() {
    Arrays.setAll(open, to -> Letter.first(parts));
  }
}
