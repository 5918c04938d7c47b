package dev.shootdown.kernel.mm;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;

/** One line of a CPU's workload. */
public sealed interface Action {
  /** Touch every page of the range once, in order. */
  record TouchAll(int mm, PageRange range, Access access) implements Action {}

  /**
   * Carry out a kernel path.
   *
   * @param to where a move goes; empty otherwise
   * @param file the file that is truncated, −1 for none
   */
  record Operate(Path path, int mm, PageRange range, PageRange to, int file)
      implements Action {}

  /** Be busy in user mode until a time. */
  record SpinUntil(long atPs) implements Action {}

  /** Sleep until a time, with the address space lazily loaded. */
  record SleepUntil(long atPs) implements Action {}

  /** Be busy in user mode for a while. */
  record SpinFor(long durationPs) implements Action {}

  /** Sleep for a while. */
  record SleepFor(long durationPs) implements Action {}

  /** Take up an address space. */
  record SwitchTo(int mm) implements Action {}

  /** Nothing runs any more; the address space stays loaded lazily. */
  record GoIdle() implements Action {}
}
