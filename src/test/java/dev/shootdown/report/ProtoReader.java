package dev.shootdown.report;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads a message of Protocol Buffers back, as far as the traces need it. */
final class ProtoReader {
  /** A field: a number for varint and fixed64, bytes otherwise. */
  record Field(int number, long value, byte[] bytes) {}

  private final byte[] bytes;
  private int at;

  private ProtoReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /** All fields in order; fails on anything that is no message. */
  static List<Field> fields(byte[] bytes) {
    ProtoReader reader = new ProtoReader(bytes);
    List<Field> fields = new ArrayList<>();
    while (reader.at < bytes.length) {
      fields.add(reader.field());
    }
    return fields;
  }

  private Field field() {
    long key = varint();
    int number = (int) (key >>> 3);
    return switch ((int) (key & 7)) {
      case 0 -> new Field(number, varint(), new byte[0]);
      case 1 -> new Field(number, fixed64(), new byte[0]);
      case 2 -> new Field(number, 0, take((int) varint()));
      default -> throw new IllegalArgumentException("wire type " + (key & 7) + " at " + at);
    };
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes[at++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private long fixed64() {
    long value = 0;
    for (byte next : take(Long.BYTES)) {
      value = value >>> 8 | (long) next << 56;
    }
    return value;
  }

  private byte[] take(int length) {
    at += length;
    if (at > bytes.length) {
      throw new IllegalArgumentException("the message ends too early");
    }
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  static List<Field> all(List<Field> fields, int number) {
    return fields.stream().filter(field -> field.number() == number).toList();
  }

  static long number(List<Field> fields, int number) {
    return all(fields, number).stream().mapToLong(Field::value).findFirst().orElse(-1);
  }

  static String text(List<Field> fields, int number) {
    return all(fields, number).stream()
        .map(field -> new String(field.bytes(), StandardCharsets.UTF_8))
        .findFirst()
        .orElse("");
  }
}
