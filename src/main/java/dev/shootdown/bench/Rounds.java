package dev.shootdown.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Measures several things in turns: each is warmed up first, and then all in turns, as what is
 * compiled for one suits no other; then comes one run of each, and one more of each. What disturbs
 * this computer for some seconds spoils one run of a few, and not all runs of one.
 */
final class Rounds {
  /** What is measured. */
  interface Entrant {
    String name();

    /** One pass that isn't counted. */
    void practise();

    /** The counted run of a round, from 0; returns the ratio that is of interest. */
    double take(int round);
  }

  private Rounds() {}

  /** Takes {@code repeats} runs of each; {@code told} hears of what is done. */
  static void run(
      List<? extends Entrant> entrants, WarmUp warmUp, int repeats, Consumer<String> told) {
    for (Entrant entrant : entrants) {
      warmUp.repeat(entrant::practise);
      told.accept("warmed up " + entrant.name());
    }
    warmUp.repeat(() -> entrants.forEach(Entrant::practise));
    for (int i = 0; i < repeats; i++) {
      StringBuilder ratios = new StringBuilder();
      for (Entrant entrant : entrants) {
        ratios.append(String.format(Locale.ROOT, " %.2f", entrant.take(i)));
      }
      told.accept("round " + (i + 1) + " of " + repeats + ", ratios" + ratios);
    }
  }

  /** The middle one of {@code values}, or the mean of the two. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
