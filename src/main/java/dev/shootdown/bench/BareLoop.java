package dev.shootdown.bench;

import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Mix;
import java.util.Arrays;

/**
 * PHOLD without actors: one loop over a 4-ary heap in arrays, exact in (time, sequence), written by
 * hand. The yardstick that our rates are given beside.
 */
final class BareLoop {
  private final Dice[] dice;
  private final long[] digests;
  private long[] times;
  private long[] sequences;
  private int[] targets;
  private int size;
  private long sequence;

  BareLoop(Phold phold, long seed) {
    int n = phold.components();
    dice = new Dice[n];
    digests = new long[n];
    int capacity = n * phold.eventsEach() + 1;
    times = new long[capacity];
    sequences = new long[capacity];
    targets = new int[capacity];
    for (int i = 0; i < n; i++) {
      dice[i] = Dice.of(seed, "p" + i);
    }
    for (int i = 0; i < n; i++) {
      for (int job = 0; job < phold.eventsEach(); job++) {
        pass(0, i, false);
      }
    }
  }

  /** Runs until {@code untilPs}; returns the number of events. */
  long run(long untilPs, boolean marking) {
    long events = 0;
    while (times[0] < untilPs) {
      long nowPs = times[0];
      int at = targets[0];
      removeLeast();
      pass(nowPs, at, marking);
      events++;
    }
    return events;
  }

  long digest() {
    return Arrays.hashCode(digests);
  }

  private void pass(long nowPs, int from, boolean marking) {
    int to = dice[from].below(dice.length);
    if (marking) {
      digests[from] = Mix.fold(digests[from], nowPs + Long.rotateLeft(to, 23));
    }
    long timePs = nowPs + Phold.LOOKAHEAD_PS + dice[from].exponentialPs(Phold.MEAN_PS);
    insert(timePs, sequence++, to);
  }

  private void insert(long timePs, long number, int to) {
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) >>> 2;
      if (times[parent] < timePs || (times[parent] == timePs && sequences[parent] < number)) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    set(at, timePs, number, to);
  }

  private void removeLeast() {
    int last = --size;
    long timePs = times[last];
    long number = sequences[last];
    int to = targets[last];
    int at = 0;
    while (true) {
      int first = (at << 2) + 1;
      if (first >= size) {
        break;
      }
      int least = first;
      int end = Math.min(first + 4, size);
      for (int child = first + 1; child < end; child++) {
        if (times[child] < times[least]
            || (times[child] == times[least] && sequences[child] < sequences[least])) {
          least = child;
        }
      }
      if (timePs < times[least] || (timePs == times[least] && number < sequences[least])) {
        break;
      }
      move(least, at);
      at = least;
    }
    set(at, timePs, number, to);
  }

  private void move(int from, int to) {
    times[to] = times[from];
    sequences[to] = sequences[from];
    targets[to] = targets[from];
  }

  private void set(int at, long timePs, long number, int to) {
    times[at] = timePs;
    sequences[at] = number;
    targets[at] = to;
  }
}
