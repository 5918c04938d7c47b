package dev.shootdown.replay;

/**
 * A CPU went from one thread to another; thread 0 is idle.
 *
 * @param prevTid the thread that left
 * @param prevState why it left
 * @param nextTid the thread that came
 */
public record SwitchCause(long atPs, int cpu, int prevTid, ThreadState prevState, int nextTid)
    implements Cause {
  @Override
  public int tid() {
    return prevTid;
  }
}
