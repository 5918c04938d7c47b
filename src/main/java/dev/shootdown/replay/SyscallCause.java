package dev.shootdown.replay;

/**
 * A system call whose begin and end were both recorded.
 *
 * @param untilPs when it returned in the recorded run: an effect, to compare with, not to replay
 * @param cpu where it began
 * @param exitCpu where it returned: another one when the thread was moved meanwhile
 */
public record SyscallCause(long atPs, long untilPs, int cpu, int exitCpu, int tid, SystemCall call)
    implements Cause {

  /** How long the recorded call took. */
  public long durationPs() {
    return untilPs - atPs;
  }
}
