package dev.shootdown.engine;

/**
 * Why a run failed inside: a model threw, left a message unhandled, or sent into the void.
 *
 * @param component the component's name
 * @param atPs virtual time in ps
 * @param message the message that was being handled, as text
 * @param what what went wrong
 * @param cause the exception, or null
 */
public record Failure(String component, long atPs, String message, String what, Throwable cause) {
  /** One line for a person. */
  public String line() {
    return component + " at " + atPs + " ps, on " + message + ": " + what;
  }
}
