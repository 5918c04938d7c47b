package dev.shootdown.check;

import java.util.List;

/**
 * The evidence that a request is not served.
 *
 * @param shown what exactly was shown
 * @param request the request
 * @param periodPs for a lasso, the length of a cycle in ps, else 0
 * @param times for a lasso, how many cycles on end were equal, up to the end of the run or of the
 *     request, else 0
 * @param retries how often the access was tried again
 * @param cycle for a lasso, what happens in a cycle, shortened; else the last thing seen of it
 */
public record Standstill(
    Shown shown, Request request, long periodPs, long times, long retries, List<Step> cycle) {

  /** What was shown. None of them is a proof about the model's state: judges see only facts. */
  public enum Shown {
    /** All facts of the machine repeat, and the request is tried again in each cycle. */
    LASSO,
    /** The same, until the device gave the request up. */
    LASSO_UNTIL_GIVEN_UP,
    /** The request was tried again more often than a stated budget allows. */
    RETRY_BUDGET,
    /** Nothing is left to happen in the machine, and the request is not served. */
    NOTHING_LEFT
  }

  /**
   * A request.
   *
   * @param number its number at the component
   * @param raisedPs when it was raised, in ps
   */
  public record Request(
      String component, long number, int mm, long page, boolean write, long raisedPs) {}

  /** Something that a component did, in ps. */
  public record Step(long atPs, String component, String text) {}

  /** One line for a person, saying no more than was shown. */
  public String summary() {
    String who = "request " + request.number() + " of " + request.component();
    return switch (shown) {
      case LASSO ->
          "lasso: facts repeat with period " + Texts.ns(periodPs) + " ns, " + times
              + " times, " + who + " unserved";
      case LASSO_UNTIL_GIVEN_UP ->
          "lasso: facts repeat with period " + Texts.ns(periodPs) + " ns, " + times
              + " times, until " + who + " is given up";
      case RETRY_BUDGET ->
          "retry budget: " + who + " was tried again " + retries + " times";
      case NOTHING_LEFT -> "nothing is left to happen, and " + who + " is unserved";
    };
  }
}
