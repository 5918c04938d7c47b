package dev.shootdown.museum;

import dev.shootdown.scenario.Variant;
import java.util.Optional;

/**
 * What came of one variant of an exhibit.
 *
 * @param variant the variant as written
 * @param broken whether it has the bug
 * @param expected what it must come to
 * @param tried schedules that were run, ≥ 0; up to the first that says something
 * @param found the first schedule that says something: of a broken variant one that came to what is
 *     expected, of a fixed one one that came to something else
 */
public record Result(
    Variant variant, boolean broken, String expected, int tried, Optional<Found> found) {
  /**
   * A schedule that says something.
   *
   * @param schedule its number, from 1
   * @param outcome what it came to: a verdict, {@code lockup}, or why the run failed
   * @param summary the evidence in one line, empty if there is none
   * @param witness the evidence in full, several lines, empty if there is none
   * @param reproduce the command that shows it again
   */
  public record Found(
      int schedule, String outcome, String summary, String witness, String reproduce) {}

  /** Whether the bug showed where it must, or stayed away where it must. */
  public boolean isAsExpected() {
    return broken == found.isPresent();
  }
}
