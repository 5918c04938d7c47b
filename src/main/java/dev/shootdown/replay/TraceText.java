package dev.shootdown.replay;

import dev.shootdown.config.TextLines;
import java.io.Closeable;
import java.nio.file.Path;

/** The lines of a trace file; what is wrong with it is a {@link TraceProblem}. */
final class TraceText implements Closeable {
  private static final String TEXT =
      "a text of trace-cmd report, perf script or the tracefs file trace is read, plain, gzip or"
          + " zstd";
  private static final TextLines.Wanted WANTED =
      new TextLines.Wanted(
          "trace", TEXT,
          "trace.dat is read after trace-cmd report has printed it, perf.data after perf script:"
              + " " + TEXT);

  private final String file;
  private final TextLines lines;

  private TraceText(String file, TextLines lines) {
    this.file = file;
    this.lines = lines;
  }

  /**
   * Opens a file.
   *
   * @throws TraceProblem when it is absent, a directory, unreadable or empty
   */
  static TraceText open(Path path) {
    String file = path.toString();
    try {
      return new TraceText(file, TextLines.open(path, WANTED));
    } catch (TextLines.Unreadable bad) {
      throw problem(file, bad);
    }
  }

  /** The number of the line that {@link #next()} returned last, from 1. */
  int lineNumber() {
    return lines.lineNumber();
  }

  /**
   * The next line without its end, or null after the last.
   *
   * @throws TraceProblem on a binary file, a truncated or damaged packing, or a bound exceeded
   */
  String next() {
    try {
      return lines.next();
    } catch (TextLines.Unreadable bad) {
      throw problem(file, bad);
    }
  }

  private static TraceProblem problem(String file, TextLines.Unreadable bad) {
    return new TraceProblem(file, bad.line(), bad.wrong(), bad.right());
  }

  @Override
  public void close() {
    lines.close();
  }
}
