package dev.shootdown.engine;

/** Raised from another thread to end a run at the next window, leaving a readable state. */
public final class StopFlag {
  private volatile boolean raised;

  /** Asks the run to stop soon. */
  public void raise() {
    raised = true;
  }

  /** Whether the run was asked to stop. */
  public boolean isRaised() {
    return raised;
  }
}
