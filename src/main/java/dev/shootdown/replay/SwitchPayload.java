package dev.shootdown.replay;

import java.util.NoSuchElementException;
import java.util.OptionalLong;

/**
 * The payload of {@code sched_switch}: {@code prev_comm=A prev_pid=1 .. prev_state=R+ ==>
 * next_comm=B ..} of the kernel (the raw form has no arrow), or {@code A:1 [120] R ==> B:2 [120]}
 * of trace-cmd's plugin. Names may hold blanks, so numbers are looked for from the end.
 */
final class SwitchPayload {
  private static final String ARROW = " ==> ";

  private SwitchPayload() {}

  /**
   * The event.
   *
   * @throws NoSuchElementException when a thread or the state is missing
   */
  static TraceEvent event(Stamp stamp, String payload) {
    return payload.startsWith("prev_comm=")
        ? ofKernel(stamp, payload) : ofPlugin(stamp, payload);
  }

  private static TraceEvent ofKernel(Stamp stamp, String payload) {
    int nextComm = payload.lastIndexOf(" next_comm=");
    int nextPid = payload.lastIndexOf(" next_pid=");
    int prevPid = payload.lastIndexOf(" prev_pid=", nextComm);
    int prevState = payload.lastIndexOf(" prev_state=", nextComm);
    if (prevPid < 0 || prevState < prevPid || nextPid < nextComm) {
      throw new NoSuchElementException("previous and next thread");
    }
    TraceEvent.Task previous = new TraceEvent.Task(
        tid(word(payload, prevPid + " prev_pid=".length())),
        payload.substring("prev_comm=".length(), prevPid));
    TraceEvent.Task next = new TraceEvent.Task(
        tid(word(payload, nextPid + " next_pid=".length())),
        payload.substring(nextComm + " next_comm=".length(), nextPid));
    ThreadState state = state(word(payload, prevState + " prev_state=".length()));
    return new TraceEvent.SchedSwitch(stamp, previous, state, next);
  }

  private static TraceEvent ofPlugin(Stamp stamp, String payload) {
    int arrow = payload.lastIndexOf(ARROW);
    int state = arrow < 0 ? -1 : payload.lastIndexOf(' ', arrow - 1);
    if (state < 0) {
      throw new NoSuchElementException("previous and next thread");
    }
    return new TraceEvent.SchedSwitch(stamp, task(payload.substring(0, state)),
        state(payload.substring(state + 1, arrow)),
        task(payload.substring(arrow + ARROW.length())));
  }

  /** {@code COMM:TID [PRIORITY]}, and whatever else behind it. */
  private static TraceEvent.Task task(String text) {
    int priority = text.lastIndexOf(" [");
    int colon = priority < 0 ? -1 : text.lastIndexOf(':', priority);
    if (colon < 0) {
      throw new NoSuchElementException("a thread");
    }
    return new TraceEvent.Task(
        tid(text.substring(colon + 1, priority)), text.substring(0, colon));
  }

  private static String word(String payload, int from) {
    int end = payload.indexOf(' ', from);
    return end < 0 ? payload.substring(from) : payload.substring(from, end);
  }

  private static ThreadState state(String printed) {
    boolean number = !printed.isEmpty() && Character.isDigit(printed.charAt(0));
    OptionalLong bits = number ? Fields.parse(printed, false) : OptionalLong.empty();
    ThreadState state = bits.isPresent()
        ? ThreadState.ofBits(bits.getAsLong()) : ThreadState.ofLetter(printed);
    if (state == null) {
      throw new NoSuchElementException("state " + printed);
    }
    return state;
  }

  private static int tid(String digits) {
    return Payloads.small(Fields.parse(digits, false));
  }
}
