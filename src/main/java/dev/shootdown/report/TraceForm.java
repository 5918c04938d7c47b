package dev.shootdown.report;

/** How the facts of a run are written for other tools. The names are what a person types. */
public enum TraceForm {
  /** Every fact with all it says: {@code trace.csv}. */
  csv("trace.csv"),
  /** A native Perfetto trace for a timeline: {@code trace.perfetto-trace}. */
  perfetto("trace.perfetto-trace"),
  /** What a kernel's own tracer would have printed: {@code trace.ftrace.txt}. */
  ftrace("trace.ftrace.txt");

  private final String file;

  TraceForm(String file) {
    this.file = file;
  }

  /** The file's name in the result directory. */
  public String file() {
    return file;
  }
}
