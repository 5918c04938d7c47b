package dev.shootdown.replay;

/** Which program wrote the text of a trace. */
public enum TextForm {
  /** {@code trace-cmd report}: the plugins of libtraceevent rewrite some payloads. */
  TRACE_CMD("trace-cmd report"),
  /** The {@code trace} file of tracefs: the kernel's own print formats. */
  TRACEFS("tracefs trace"),
  /** {@code perf script}: the kernel's own print formats behind the subsystem's name. */
  PERF("perf script");

  private final String title;

  TextForm(String title) {
    this.title = title;
  }

  /** The name a person knows it by. */
  public String title() {
    return title;
  }
}
