package dev.shootdown.museum;

import dev.shootdown.config.Checked;
import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What makes a scenario an exhibit: its block {@code museum}.
 *
 * @param number the bug's number in the catalogue, such as {@code 3a}; empty for a scenario that is
 *     no exhibit
 * @param story what happened, five sentences
 * @param commits where it came in, was found, or was fixed
 * @param links what else there is to read
 * @param symptom what people saw
 * @param sign what tells a run with the bug from one without
 * @param broken variants that must come to their expected verdict in at least one schedule
 * @param fixed variants that must come to theirs in all schedules
 * @param schedules schedules that a broken variant may take; a fixed one gets {@value
 *     #FIXED_FACTOR} times as many
 */
public record ExhibitSpec(
    Optional<String> number,
    List<String> story,
    List<Commit> commits,
    List<String> links,
    String symptom,
    Sign sign,
    List<String> broken,
    List<String> fixed,
    @Limits(min = 1, max = 10_000) int schedules)
    implements Checked {
  /** How many times as many schedules a fixed variant has to stand. */
  public static final int FIXED_FACTOR = 10;

  static final int SENTENCES = 5;
  private static final String NUMBER = "[1-9]\\d{0,2}[a-z]?";

  /** What tells a run with the bug from one without. */
  public enum Sign {
    /** The verdict that the variant expects. */
    VERDICT,
    /** Interrupts were off on a CPU for longer than the kernel's watchdogs stand. */
    LOCKUP;

    /** As written in scenarios and results. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A commit of the Linux kernel.
   *
   * @param id the first digits of its hash, 7 to 40
   * @param verified whether the id was read in a source; false if it is from memory
   * @param what what it did
   */
  public record Commit(String id, boolean verified, String what) implements Checked {
    private static final String ID = "[0-9a-f]{7,40}";

    @Override
    public void check(Settings at) {
      if (!id.matches(ID)) {
        at.problem("id", "'" + id + "' is no commit; write 7 to 40 hexadecimal digits in quotes");
      }
    }

    /** In one line. */
    public String line() {
      return id + (verified ? "  " : " (unverified)  ") + what;
    }
  }

  @Override
  public void check(Settings at) {
    if (number.isEmpty()) {
      return;
    }
    if (!number.get().matches(NUMBER)) {
      at.problem("number", "'" + number.get() + "' is no number of a bug; write such as 3a");
    }
    if (story.size() != SENTENCES) {
      at.problem("story", "a story has five sentences, not " + story.size());
    }
    if (symptom.isBlank()) {
      at.problem("symptom", "what did people see? An exhibit needs its symptom");
    }
    if (commits.isEmpty()) {
      at.problem("commits", "an exhibit needs at least one commit");
    }
    if (broken.isEmpty()) {
      at.problem("broken", "an exhibit needs at least one broken variant");
    }
    if (fixed.isEmpty()) {
      at.problem("fixed", "an exhibit needs at least one fixed variant");
    }
  }
}
