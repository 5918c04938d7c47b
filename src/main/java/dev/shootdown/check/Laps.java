package dev.shootdown.check;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Mix;
import dev.shootdown.engine.Observer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Looks for a cycle in the stream of all facts of a machine, whatever produces them. It is where to
 * look for a lasso, not a proof of one: facts are compared by digest, and don't tell all.
 *
 * <ol>
 *   <li>Each retry of one request ends a lap and begins the next. A lap is digested with times
 *       counted from its beginning and growing numbers named by their last mention.
 *   <li>A cycle is one to {@value #LAPS_MOST} laps. It has repeated N times if each of the laps of
 *       the last N − 1 cycles equals the one a cycle earlier, its length included.
 *   <li>Three times on end count, if that is how the run ends.
 * </ol>
 */
final class Laps implements Observer {
  /** The longest cycle that is looked for, in laps. */
  static final int LAPS_MOST = 64;

  private static final int TIMES_LEAST = 3;
  private static final int FACTS_KEPT = 1 << 14;

  /** A cycle that repeats. */
  record Cycle(long beganPs, long periodPs, long times, List<Seen> last) {
    /** When the last one ended, in ps. */
    long endedPs() {
      return beganPs + times * periodPs;
    }
  }

  /** A fact as it was stated. */
  record Seen(long atPs, String component, Fact fact) {}

  private final Naming names = new Naming();
  private final NormalFacts normal = new NormalFacts(names);
  private final long[] digests = new long[LAPS_MOST + 1];
  private final long[] beginningsPs = new long[LAPS_MOST + 1];
  private final long[] equal = new long[LAPS_MOST + 1];
  private final Deque<Seen> seen = new ArrayDeque<>();
  private long lap;
  private long digest;
  private long lastPs;

  /** The first lap of another request begins at {@code atPs}; what was before is forgotten. */
  void restart(long atPs) {
    names.forget();
    names.nextLap(atPs);
    Arrays.fill(equal, 0);
    seen.clear();
    lap = 0;
    digest = 0;
    beginningsPs[0] = atPs;
    lastPs = atPs;
  }

  @Override
  public void seen(long atPs, String component, Fact fact) {
    digest = Mix.fold(digest, normal.digest(atPs, component, fact));
    lastPs = atPs;
    seen.addLast(new Seen(atPs, component, fact));
    if (seen.size() > FACTS_KEPT) {
      seen.removeFirst();
    }
  }

  /** The lap ends, and the next one begins. */
  void next(long atPs) {
    long ended = Mix.fold(digest, atPs - beginningsPs[slot(lap)]);
    for (int laps = 1; laps <= LAPS_MOST; laps++) {
      boolean same = lap >= laps && digests[slot(lap - laps)] == ended;
      equal[laps] = same ? equal[laps] + 1 : 0;
    }
    digests[slot(lap)] = ended;
    lap++;
    beginningsPs[slot(lap)] = atPs;
    digest = 0;
    names.nextLap(atPs);
  }

  /** The shortest cycle that has repeated up to now, if there is one. */
  Optional<Cycle> cycle() {
    for (int laps = 1; laps <= LAPS_MOST; laps++) {
      long times = equal[laps] / laps + 1;
      if (equal[laps] >= laps && times >= TIMES_LEAST) {
        long endedPs = beginningsPs[slot(lap)];
        long periodPs = endedPs - beginningsPs[slot(lap - laps)];
        return lastPs - endedPs > periodPs
            ? Optional.empty()
            : Optional.of(
                new Cycle(
                    endedPs - times * periodPs, periodPs, times,
                    between(endedPs - periodPs, endedPs)));
      }
    }
    return Optional.empty();
  }

  /** What was seen in the laps of late, as far as it is remembered. */
  List<Seen> latest() {
    return between(beginningsPs[slot(Math.max(0, lap - LAPS_MOST))] - 1, lastPs);
  }

  private List<Seen> between(long fromPs, long untilPs) {
    List<Seen> found = new ArrayList<>();
    for (Seen one : seen) {
      if (one.atPs() > fromPs && one.atPs() <= untilPs) {
        found.add(one);
      }
    }
    return found;
  }

  private static int slot(long lap) {
    return (int) (lap % (LAPS_MOST + 1));
  }
}
