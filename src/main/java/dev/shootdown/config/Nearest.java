package dev.shootdown.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that was probably meant: nearest by edit distance, ties in alphabetical order. */
public final class Nearest {
  private Nearest() {}

  /** The known word that {@code word} is probably a slip of; empty if none is near. */
  public static Optional<String> to(String word, Collection<String> known) {
    return among(word, known, 1).stream().findFirst();
  }

  /** Up to {@code most} known words near {@code word}, nearest first. */
  public static List<String> among(String word, Collection<String> known, int most) {
    return known.stream()
        .distinct()
        .filter(candidate -> distance(word, candidate) <= slipsAllowed(word))
        .sorted(Comparator.<String>comparingInt(candidate -> distance(word, candidate))
            .thenComparing(Comparator.naturalOrder()))
        .limit(most)
        .toList();
  }

  /**
   * How many letters have to be inserted, deleted, changed or swapped with their neighbour to turn
   * one word into the other (each letter at most once), whatever their case.
   */
  static int distance(String from, String to) {
    String a = from.toLowerCase(Locale.ROOT);
    String b = to.toLowerCase(Locale.ROOT);
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + change);
        if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      beforeLast = last;
      last = row;
    }
    return last[b.length()];
  }

  private static int slipsAllowed(String word) {
    return word.length() <= 2 ? 1 : Math.max(2, word.length() / 3);
  }
}
