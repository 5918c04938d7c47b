package dev.shootdown.config;

import java.io.BufferedInputStream;
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
import java.util.Arrays;
import java.util.zip.ZipException;

/**
 * The lines of a text file, plain, gzip or zstd, with bounds on what a file may cost: a hostile or
 * broken one is refused by line before it fills the memory. It holds one block of text and one
 * line, however long the file.
 */
public final class TextLines implements Closeable {
  /**
   * What a reader expects, for the second half of its complaints.
   *
   * @param noun what such a file is, {@code trace}
   * @param text what would be right
   * @param ifBinary what would be right where a binary file was given
   */
  public record Wanted(String noun, String text, String ifBinary) {}

  /** Nothing more can be had from the file. */
  public static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final String wrong;
    private final String right;

    private Unreadable(int line, String wrong, String right) {
      super(wrong + "; " + right);
      this.line = line;
      this.wrong = wrong;
      this.right = right;
    }

    /** The line, from 1; 0 for the whole file. */
    public int line() {
      return line;
    }

    public String wrong() {
      return wrong;
    }

    /** What would be right. */
    public String right() {
      return right;
    }
  }

  /** Longest line. */
  private static final int LINE_LIMIT_BYTES = 64 * 1024;
  /**
   * Most growth when unpacked. Real traces grow about twentyfold, and gzip itself ends at 1032, so
   * a limit near that would bound nothing.
   */
  private static final int RATIO_LIMIT = 200;
  /** Growth is judged from this much text on, because short runs of one letter pack tightly. */
  private static final long RATIO_FROM_BYTES = 1024 * 1024;

  private static final int BLOCK_BYTES = 64 * 1024;

  private final Wanted wanted;
  private final CountingStream packed;
  private final Packing packing;
  private final InputStream text;
  private final byte[] block = new byte[BLOCK_BYTES];
  private int blockAt;
  private int blockEnd;
  private byte[] line = new byte[512];
  private int lineBytes;
  private long textBytes;
  private int lineNumber;

  private TextLines(InputStream raw, Wanted wanted) throws IOException {
    this.wanted = wanted;
    this.packed = new CountingStream(raw);
    BufferedInputStream peekable = new BufferedInputStream(packed, BLOCK_BYTES);
    peekable.mark(Packing.MAGIC_BYTES);
    int[] first = new int[Packing.MAGIC_BYTES];
    for (int i = 0; i < first.length; i++) {
      first[i] = peekable.read();
    }
    peekable.reset();
    if (first[0] < 0) {
      throw refused(0, "the file is empty");
    }
    this.packing = Packing.of(first);
    this.text = packing.unpacked(peekable);
  }

  /**
   * Opens a file.
   *
   * @throws Unreadable when it is absent, a directory, unreadable or empty
   */
  public static TextLines open(Path path, Wanted wanted) {
    if (Files.isDirectory(path)) {
      throw new Unreadable(0, "this is a directory", wanted.text());
    }
    InputStream raw = null;
    try {
      raw = Files.newInputStream(path);
      return new TextLines(raw, wanted);
    } catch (NoSuchFileException e) {
      throw new Unreadable(0, "there is no such file", wanted.text());
    } catch (AccessDeniedException e) {
      throw new Unreadable(0, "the file may not be read", "give yourself permission to read");
    } catch (IOException e) {
      closeQuietly(raw);
      throw broken(0, "gzip", e, wanted);
    } catch (Unreadable e) {
      closeQuietly(raw);
      throw e;
    }
  }

  /** The number of the line that {@link #next()} returned last, from 1. */
  public int lineNumber() {
    return lineNumber;
  }

  /**
   * The next line without its end, or null after the last.
   *
   * @throws Unreadable on a binary file, a truncated or damaged packing, or a bound exceeded
   */
  public String next() {
    if (blockAt == blockEnd && !fill()) {
      if (lineNumber == 0) {
        throw refused(0, "the " + packing.noun() + " holds nothing");
      }
      return null;
    }
    lineNumber++;
    lineBytes = 0;
    do {
      int end = blockAt;
      while (end < blockEnd && block[end] != '\n') {
        end++;
      }
      append(end);
      if (end < blockEnd) {
        blockAt = end + 1;
        return decoded();
      }
      blockAt = end;
    } while (fill());
    return decoded();
  }

  private boolean fill() {
    try {
      int got = text.read(block, 0, block.length);
      blockAt = 0;
      blockEnd = Math.max(0, got);
      textBytes += blockEnd;
    } catch (IOException e) {
      throw broken(lineNumber, packing.noun(), e, wanted);
    }
    if (packing != Packing.PLAIN && textBytes > RATIO_FROM_BYTES
        && textBytes / RATIO_LIMIT > packed.count) {
      throw new Unreadable(lineNumber,
          "the " + packing.noun() + " unpacks to more than " + RATIO_LIMIT + " times its size",
          "no " + wanted.noun() + " does so: " + wanted.text());
    }
    return blockEnd > 0;
  }

  private void append(int end) {
    int more = end - blockAt;
    if (lineBytes + more > LINE_LIMIT_BYTES) {
      throw refused(lineNumber, "a line of more than 64 KiB");
    }
    if (lineBytes + more > line.length) {
      line = Arrays.copyOf(line, Math.max(2 * line.length, lineBytes + more));
    }
    System.arraycopy(block, blockAt, line, lineBytes, more);
    lineBytes += more;
  }

  private String decoded() {
    int length = lineBytes > 0 && line[lineBytes - 1] == '\r' ? lineBytes - 1 : lineBytes;
    boolean ascii = true;
    for (int i = 0; i < length; i++) {
      if (line[i] == 0) {
        throw new Unreadable(
            lineNumber, "a binary file (it has a byte of value 0)", wanted.ifBinary());
      }
      ascii &= line[i] > 0;
    }
    return new String(
        line, 0, length, ascii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
  }

  private Unreadable refused(int line, String wrong) {
    return new Unreadable(line, wrong, wanted.text());
  }

  private static Unreadable broken(int line, String noun, IOException cause, Wanted wanted) {
    String said = String.valueOf(cause.getMessage());
    if (cause instanceof EOFException || said.startsWith("Truncated")) {
      return new Unreadable(line, "the " + noun + " is cut short", "copy the whole file");
    }
    if (cause instanceof ZipException || noun.equals(Packing.ZSTD.noun())) {
      return new Unreadable(line, "the " + noun + " is damaged (" + said + ")", "copy it again");
    }
    return new Unreadable(line, "reading failed (" + said + ")", wanted.text());
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
