package dev.shootdown.bytes;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing row of bytes, written from front to back. */
public final class BytesOut {
  private static final int FIRST_BYTES = 64;
  private static final int LOW_BITS = 0x7f;
  private static final int MORE = 0x80;
  private static final int NUMBER_BYTES_MAX = 10;

  private byte[] bytes = new byte[FIRST_BYTES];
  private int size;

  /** How many bytes there are. */
  public int size() {
    return size;
  }

  /** Forgets what was written and keeps the room for it. */
  public void clear() {
    size = 0;
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** Writes all of it to {@code to}. */
  public void writeTo(OutputStream to) throws IOException {
    to.write(bytes, 0, size);
  }

  /** One byte: the lowest eight bits of {@code value}. */
  public void octet(int value) {
    if (size == bytes.length) {
      grow(1);
    }
    bytes[size++] = (byte) value;
  }

  /**
   * {@code value} as an unsigned number, seven bits a byte, lowest first: one byte up to 127, ten
   * for a negative one. (The base-128 varints of Protocol Buffers.)
   */
  public void unsigned(long value) {
    if (bytes.length - size < NUMBER_BYTES_MAX) {
      grow(NUMBER_BYTES_MAX);
    }
    byte[] to = bytes;
    int at = size;
    long rest = value;
    while ((rest & ~LOW_BITS) != 0) {
      to[at++] = (byte) (rest & LOW_BITS | MORE);
      rest >>>= 7;
    }
    to[at++] = (byte) rest;
    size = at;
  }

  /** {@code value} so that small ones of either sign are short (zigzag). */
  public void signed(long value) {
    unsigned(value << 1 ^ value >> 63);
  }

  /** {@code value} as one byte. */
  public void flag(boolean value) {
    octet(value ? 1 : 0);
  }

  /**
   * {@code text} in UTF-8 behind its length in bytes.
   *
   * @throws IllegalArgumentException if it holds half of a surrogate pair, which has no UTF-8
   */
  public void text(String text) {
    try {
      ByteBuffer coded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      unsigned(coded.remaining());
      raw(coded.array(), coded.arrayOffset() + coded.position(), coded.remaining());
    } catch (CharacterCodingException unpaired) {
      throw new IllegalArgumentException("text with half of a surrogate pair", unpaired);
    }
  }

  /** {@code length} bytes of {@code source} as they are, without their length. */
  public void raw(byte[] source, int from, int length) {
    if (bytes.length - size < length) {
      grow(length);
    }
    System.arraycopy(source, from, bytes, size, length);
    size += length;
  }

  private void grow(int more) {
    bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
  }
}
