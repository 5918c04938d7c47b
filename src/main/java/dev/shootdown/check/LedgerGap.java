package dev.shootdown.check;

/**
 * Time of an operation that is booked twice, not at all, or for nobody: the run fails.
 *
 * @param component who stated the fact that does not fit
 * @param operation the operation's number
 * @param atPs when, in ps
 * @param message what does not fit
 */
public record LedgerGap(String component, long operation, long atPs, String message) {
  /** One line for a person. */
  public String line() {
    return component + " at " + atPs + " ps, operation " + operation + ": " + message;
  }
}
