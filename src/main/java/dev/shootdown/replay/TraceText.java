package dev.shootdown.replay;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The lines of a trace file, compressed or not, with bounds on what a file may cost: a hostile or
 * broken one is refused by line before it fills the memory.
 */
final class TraceText implements Closeable {
  /** Longest line; the kernel's own print buffer ends at 4 KiB. */
  static final int LINE_LIMIT_BYTES = 64 * 1024;
  /** Most text of one file. */
  static final long TEXT_LIMIT_BYTES = 512L * 1024 * 1024;
  /**
   * Most growth when unpacked. Real traces grow about twentyfold, and the format itself ends at
   * 1032, so a limit near that would bound nothing.
   */
  static final int RATIO_LIMIT = 200;
  /** Growth is judged from this much text on, because short runs of one letter pack tightly. */
  private static final long RATIO_FROM_BYTES = 1024 * 1024;

  private static final int GZIP_MAGIC = 0x1f8b;
  private static final String WANTED =
      "a text of trace-cmd report or of the tracefs file trace is read, plain or gzip";

  private final String file;
  private final CountingStream packed;
  private final boolean gzip;
  private final InputStream text;
  private long textBytes;
  private int lineNumber;

  private TraceText(String file, InputStream raw) throws IOException {
    this.file = file;
    this.packed = new CountingStream(raw);
    BufferedInputStream peekable = new BufferedInputStream(packed);
    peekable.mark(2);
    int first = peekable.read();
    int second = peekable.read();
    peekable.reset();
    if (first < 0) {
      throw new TraceProblem(file, "the file is empty", WANTED);
    }
    this.gzip = (first << 8 | second) == GZIP_MAGIC;
    this.text = gzip ? new BufferedInputStream(new GZIPInputStream(peekable)) : peekable;
  }

  /**
   * Opens a file.
   *
   * @throws TraceProblem when it is absent, a directory, unreadable or empty
   */
  static TraceText open(Path path) {
    String file = path.toString();
    if (Files.isDirectory(path)) {
      throw new TraceProblem(file, "this is a directory", WANTED);
    }
    InputStream raw = null;
    try {
      raw = Files.newInputStream(path);
      return new TraceText(file, raw);
    } catch (NoSuchFileException e) {
      throw new TraceProblem(file, "there is no such file", WANTED);
    } catch (AccessDeniedException e) {
      throw new TraceProblem(file, "the file may not be read", "give yourself permission to read");
    } catch (IOException e) {
      closeQuietly(raw);
      throw broken(file, 0, e);
    } catch (TraceProblem e) {
      closeQuietly(raw);
      throw e;
    }
  }

  /** The number of the line that {@link #next()} returned last, from 1. */
  int lineNumber() {
    return lineNumber;
  }

  /**
   * The next line without its end, or null after the last.
   *
   * @throws TraceProblem on a binary file, a truncated or damaged gzip, or a bound exceeded
   */
  String next() {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    try {
      int octet = text.read();
      if (octet < 0) {
        if (lineNumber == 0) {
          throw new TraceProblem(file, "the gzip holds nothing", WANTED);
        }
        return null;
      }
      lineNumber++;
      for (; octet >= 0 && octet != '\n'; octet = text.read()) {
        line.write(octet);
        check(octet, line.size());
      }
    } catch (IOException e) {
      throw broken(file, lineNumber, e);
    }
    String decoded = line.toString(StandardCharsets.UTF_8);
    return decoded.endsWith("\r") ? decoded.substring(0, decoded.length() - 1) : decoded;
  }

  private void check(int octet, int lineBytes) {
    textBytes++;
    if (octet == 0) {
      throw new TraceProblem(file, lineNumber, "a binary file (it has a byte of value 0)",
          "trace.dat is read after trace-cmd report has printed it: " + WANTED);
    }
    if (lineBytes > LINE_LIMIT_BYTES) {
      throw new TraceProblem(file, lineNumber, "a line of more than 64 KiB", WANTED);
    }
    if (textBytes > TEXT_LIMIT_BYTES) {
      throw new TraceProblem(file, lineNumber, "more than 512 MiB of text",
          "record a shorter time, or fewer events");
    }
    if (gzip && textBytes > RATIO_FROM_BYTES && textBytes / RATIO_LIMIT > packed.count) {
      throw new TraceProblem(file, lineNumber,
          "the gzip unpacks to more than 200 times its size", "no trace does so: " + WANTED);
    }
  }

  private static TraceProblem broken(String file, int lineNumber, IOException cause) {
    if (cause instanceof EOFException) {
      return new TraceProblem(file, lineNumber, "the gzip is cut short", "copy the whole file");
    }
    if (cause instanceof ZipException) {
      return new TraceProblem(
          file, lineNumber, "the gzip is damaged (" + cause.getMessage() + ")", "copy it again");
    }
    return new TraceProblem(
        file, lineNumber, "reading failed (" + cause.getMessage() + ")", WANTED);
  }

  private static void closeQuietly(InputStream raw) {
    try {
      if (raw != null) {
        raw.close();
      }
    } catch (IOException e) {
      return; // The problem that made us close it is the one to report.
    }
  }

  @Override
  public void close() {
    closeQuietly(text);
  }

  /** Counts what was taken out of the file, to know the growth. */
  private static final class CountingStream extends FilterInputStream {
    private long count;

    CountingStream(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int octet = super.read();
      count += octet < 0 ? 0 : 1;
      return octet;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int got = super.read(into, offset, length);
      count += Math.max(0, got);
      return got;
    }
  }
}
