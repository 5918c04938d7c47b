package dev.shootdown.replay;

/** What a reader could not take as it stood, short of refusing the trace. */
public enum Trouble {
  /** A line that is no event of either text form, such as a stack line or a cut line. */
  UNREADABLE_LINE("lines that are no event"),
  /** An event that the product uses, with a payload it cannot read; the event is left out. */
  UNREADABLE_PAYLOAD("events with an unreadable payload"),
  /** An event that the product has no use for; kept by name only. */
  UNUSED_EVENT("events of no use here"),
  /** Events that the recorder lost or overwrote, by its own account. */
  LOST_EVENTS("events lost by the recorder"),
  /** A CPU's clock went back from one of its lines to the next; lines are sorted by time. */
  CLOCK_BACKWARDS("steps back of a CPU's clock"),
  /** A line earlier than one of another CPU above it; lines are sorted by time. */
  OUT_OF_ORDER("lines out of order among CPUs"),
  /** A line of another tracing instance than the first one's; left out, or it counted twice. */
  OTHER_INSTANCE("lines of a second tracing instance"),
  /** A function printed as an address, so that a flush cannot be told from other calls. */
  UNNAMED_FUNCTION("functions printed as an address"),
  /** A record of perf that is no event: a task's name, a fork, a map. */
  PERF_RECORD("records of perf that are no events"),
  /** A line of a call chain that follows no event. */
  STRAY_FRAME("lines of call chains without an event"),
  /** An event before or after the time that was asked for; counted only. */
  OUTSIDE_WINDOW("events outside the time that was asked for"),
  /** An event past the number that is kept at once; counted only. */
  BEYOND_LIMIT("events beyond the number that is kept (--events raises it)"),
  /** An event whose name is one too many to count by name: a trace has a few hundred. */
  TOO_MANY_NAMES("events whose names are too many to count");

  private final String plural;

  Trouble(String plural) {
    this.plural = plural;
  }

  /** The words after a count. */
  public String plural() {
    return plural;
  }
}
