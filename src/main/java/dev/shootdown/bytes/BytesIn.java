package dev.shootdown.bytes;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * A row of bytes, read from front to back. What {@link BytesOut} would not have written so is
 * refused with {@link BadBytes}, and so is reading past the end.
 */
public final class BytesIn {
  private static final int LOW_BITS = 0x7f;
  private static final int MORE = 0x80;
  private static final int LAST_SHIFT = 63;

  private final byte[] bytes;
  private final int end;
  private int at;

  /** All of {@code bytes}. */
  public BytesIn(byte[] bytes) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  /** The byte that is next, counted from 0. */
  public int position() {
    return at;
  }

  /** How many bytes are left. */
  public int left() {
    return end - at;
  }

  /** One byte, 0 to 255. */
  public int octet() {
    if (at == end) {
      throw new BadBytes("cut off", at);
    }
    return bytes[at++] & 0xff;
  }

  /** What {@link BytesOut#unsigned} wrote; longer than needed is refused. */
  public long unsigned() {
    int start = at;
    long value = 0;
    for (int shift = 0; shift <= LAST_SHIFT; shift += 7) {
      int next = octet();
      if (shift == LAST_SHIFT && next > 1) {
        break;
      }
      value |= (long) (next & LOW_BITS) << shift;
      if ((next & MORE) == 0) {
        if (next == 0 && shift > 0) {
          throw new BadBytes("a number with needless bytes", start);
        }
        return value;
      }
    }
    throw new BadBytes("a number of more than 64 bits", start);
  }

  /** What {@link BytesOut#signed} wrote. */
  public long signed() {
    long coded = unsigned();
    return coded >>> 1 ^ -(coded & 1);
  }

  /** A signed number that must fit 32 bits. */
  public int signed32() {
    int start = at;
    long value = signed();
    if (value != (int) value) {
      throw new BadBytes("a number of more than 32 bits", start);
    }
    return (int) value;
  }

  /** An unsigned number that must be below {@code bound}; {@code what} names it in a refusal. */
  public int below(int bound, String what) {
    int start = at;
    long value = unsigned();
    if (value < 0 || value >= bound) {
      throw new BadBytes(what + " " + Long.toUnsignedString(value) + " of " + bound, start);
    }
    return (int) value;
  }

  /**
   * The number of things that follow, each at least a byte: more than bytes are left is refused,
   * so that a few bytes can't ask for a large array.
   */
  public int count() {
    int start = at;
    long value = unsigned();
    if (value < 0 || value > left()) {
      throw new BadBytes("a count of " + Long.toUnsignedString(value) + " things", start);
    }
    return (int) value;
  }

  /** What {@link BytesOut#flag} wrote. */
  public boolean flag() {
    return below(2, "a flag of") == 1;
  }

  /** What {@link BytesOut#text} wrote. */
  public String text() {
    int length = count();
    int start = at;
    at += length;
    try {
      return StandardCharsets.UTF_8.newDecoder()
          .decode(ByteBuffer.wrap(bytes, start, length)).toString();
    } catch (CharacterCodingException broken) {
      throw new BadBytes("text that is not UTF-8", start, broken);
    }
  }

  /** The next {@code length} bytes as they are. */
  public byte[] raw(int length) {
    if (length < 0 || length > left()) {
      throw new BadBytes("cut off: " + length + " bytes wanted, " + left() + " left", at);
    }
    byte[] copy = new byte[length];
    System.arraycopy(bytes, at, copy, 0, length);
    at += length;
    return copy;
  }

  /** Refuses bytes behind what was read. */
  public void finish() {
    if (at != end) {
      throw new BadBytes(left() + " bytes too many", at);
    }
  }
}
