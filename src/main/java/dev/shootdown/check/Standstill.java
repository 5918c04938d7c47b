package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import java.util.List;

/**
 * The evidence that a request is not served, or an operation not finished.
 *
 * @param shown what exactly was shown
 * @param wanted what is waited for
 * @param periodPs for a repetition, the length of a cycle in ps, else 0
 * @param times for a repetition, how many cycles on end were equal, up to the end of the run or of
 *     the request, else 0
 * @param retries how often the access was tried again
 * @param cycle for a repetition, what happens in a cycle, shortened; else the last thing seen of it
 */
public record Standstill(
    Shown shown, Wanted wanted, long periodPs, long times, long retries, List<Step> cycle) {

  /** What was shown. Only the first is a proof about the model. */
  public enum Shown {
    /** The machine comes back to the same state, the request being tried again in between. */
    LASSO,
    /** All facts of the machine repeated like that until the device gave the request up. */
    REPEATED_UNTIL_GIVEN_UP,
    /** The request was tried again more often than a stated budget allows. */
    RETRY_BUDGET,
    /** Nothing is left to happen in the machine, and the request is not served. */
    NOTHING_LEFT
  }

  /** What somebody waits for. */
  public sealed interface Wanted {
    /** Who waits. */
    String component();

    /** For a person. */
    String text();
  }

  /**
   * An operation that has not ended.
   *
   * @param component the CPU that carries it out
   * @param number its number in the run
   * @param kind what it is, such as {@code munmap}
   * @param beganPs when it began, in ps
   */
  public record Operation(
      String component, long number, String kind, int mm, PageRange range, long beganPs)
      implements Wanted {
    @Override
    public String text() {
      return "operation " + number + " (" + kind + " of " + range + ") of " + component;
    }
  }

  /**
   * A request.
   *
   * @param number its number at the component
   * @param raisedPs when it was raised, in ps
   */
  public record Request(
      String component, long number, int mm, long page, boolean write, long raisedPs)
      implements Wanted {
    @Override
    public String text() {
      return "request " + number + " of " + component;
    }
  }

  /**
   * The end of what a CPU has to do, outside of any operation.
   *
   * @param mm the address space that it has loaded, −1 if it came to none
   * @param sincePs when it was heard of last, in ps
   */
  public record Work(String component, int mm, long sincePs) implements Wanted {
    @Override
    public String text() {
      return component + ", between two operations,";
    }
  }

  /**
   * The end of DMA that was begun or is to begin.
   *
   * @param what accesses by their number, or a transfer by its name
   * @param mm address space, −1 if several
   * @param page page number there
   */
  public record Dma(String component, String what, int mm, long page) implements Wanted {
    @Override
    public String text() {
      return what + " of " + component;
    }
  }

  /** Something that a component did, in ps. */
  public record Step(long atPs, String component, String text) {}

  /** One line for a person, saying no more than was shown. */
  public String summary() {
    String who = wanted.text();
    return switch (shown) {
      case LASSO ->
          "lasso: state and facts repeat with period " + Texts.ns(periodPs) + " ns, " + times
              + " times, " + who + " unserved";
      case REPEATED_UNTIL_GIVEN_UP ->
          "repetition: facts repeat with period " + Texts.ns(periodPs) + " ns, " + times
              + " times, until " + who + " is given up";
      case RETRY_BUDGET ->
          "retry budget: " + who + " was tried again " + retries + " times";
      case NOTHING_LEFT ->
          "nothing is left to happen, and " + who
              + missing();
    };
  }

  private String missing() {
    if (wanted instanceof Request) {
      return " is unserved";
    }
    if (wanted instanceof Work) {
      return " waits for ever";
    }
    return wanted instanceof Dma ? " will not end" : " has not ended";
  }
}
