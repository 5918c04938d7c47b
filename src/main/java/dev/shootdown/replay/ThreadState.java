package dev.shootdown.replay;

/**
 * Why a thread left its CPU, as far as both text forms agree.
 *
 * <p>The sched plugin of trace-cmd uses the letters of old kernels: it prints W where the kernel
 * says I, swaps X and Z, and drops the plus of R+ (preempted). So X and Z are one state here, W and
 * I are one, and a preempted thread is {@link #RUNNABLE}.
 */
public enum ThreadState {
  /** Wants to go on running (R, R+): preempted, or it yielded. */
  RUNNABLE,
  /** Waits interruptibly (S). */
  SLEEPING,
  /** Waits uninterruptibly (D), as for a page or another CPU. */
  BLOCKED,
  /** A kernel thread without work (I; W in trace-cmd). */
  IDLE,
  /** Stopped, traced or parked (T, t, P, K). */
  STOPPED,
  /** Never runs again (X, Z). */
  EXITED;

  /** The bit the kernel adds for a preempted thread when the number is printed raw. */
  private static final long PREEMPTED_BIT = 0x100;

  /** Reads a letter of either form; null when unknown. */
  static ThreadState ofLetter(String text) {
    return switch (text) {
      case "R", "R+" -> RUNNABLE;
      case "S" -> SLEEPING;
      case "I", "W" -> IDLE;
      case "T", "t", "P", "K" -> STOPPED;
      case "X", "Z" -> EXITED;
      default -> text.startsWith("D") ? BLOCKED : null;
    };
  }

  /** Reads the number of the raw form (trace-cmd report -R); null when unknown. */
  static ThreadState ofBits(long bits) {
    if ((bits & PREEMPTED_BIT) != 0 || bits == 0) {
      return RUNNABLE;
    }
    return switch ((int) Long.lowestOneBit(bits)) {
      case 0x1 -> SLEEPING;
      case 0x2 -> BLOCKED;
      case 0x4, 0x8, 0x40 -> STOPPED;
      case 0x10, 0x20 -> EXITED;
      case 0x80 -> IDLE;
      default -> null;
    };
  }
}
