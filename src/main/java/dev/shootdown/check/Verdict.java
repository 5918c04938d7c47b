package dev.shootdown.check;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a run comes to, worst last. */
public enum Verdict {
  /** Nothing was found by the judges there are. */
  CLEAN,
  /** The run ended before its end, or with a fault open, and nothing had been found. */
  INCONCLUSIVE,
  /** A request stays unserved: a lasso, a spent budget, or nothing left to happen. */
  NO_PROGRESS,
  /** A part broke a rule of its protocol, or an operation left a lock or a bracket behind. */
  PROTOCOL_BREACH,
  /** A write reached a frame that was shared or copied, or an old frame outlived its page. */
  COW_BREACH,
  /** A write was forgotten: the frame counted as clean, and no dirty bit tells. */
  LOST_DIRTY,
  /** A page-table page was freed while a walker could still go through it. */
  STALE_WALK,
  /** A translation was held or used after its frame was freed, or its right revoked. */
  STALE_USE;

  /** As written in scenarios, on the command line and in results: {@code stale-use}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The verdict written as {@code text}.
   *
   * @throws IllegalArgumentException naming all verdicts there are
   */
  public static Verdict parse(String text) {
    for (Verdict verdict : values()) {
      if (verdict.text().equals(text)) {
        return verdict;
      }
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is no verdict; there are "
            + Arrays.stream(values()).map(Verdict::text).collect(Collectors.joining(", ")));
  }

  /** Whether this is about safety: memory or a protocol was violated (exit code 10). */
  public boolean isSafetyViolation() {
    return compareTo(PROTOCOL_BREACH) >= 0;
  }

  /** The worse of the two. */
  public Verdict or(Verdict other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
