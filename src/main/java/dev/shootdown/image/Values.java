package dev.shootdown.image;

import dev.shootdown.bytes.BadBytes;
import dev.shootdown.bytes.BytesIn;
import dev.shootdown.bytes.BytesOut;

/** Plain values: numbers, text, enum constants, classes of ours, nothing. */
final class Values {
  private static final int NULL = 0;
  private static final int FALSE = 1;
  private static final int TRUE = 2;
  private static final int BYTE = 3;
  private static final int SHORT = 4;
  private static final int CHAR = 5;
  private static final int INT = 6;
  private static final int LONG = 7;
  private static final int FLOAT = 8;
  private static final int DOUBLE = 9;
  private static final int TEXT = 10;
  private static final int ENUM = 11;
  private static final int CLASS = 12;

  /** Tags from here on are free for others. */
  static final int FIRST_FREE = 13;

  private Values() {}

  static boolean isValue(Object what) {
    return what == null || what instanceof Number && isBoxed(what) || what instanceof String
        || what instanceof Boolean || what instanceof Character || what instanceof Enum<?>
        || what instanceof Class<?>;
  }

  private static boolean isBoxed(Object number) {
    return number instanceof Integer || number instanceof Long || number instanceof Double
        || number instanceof Byte || number instanceof Short || number instanceof Float;
  }

  /** A number that depends on the value alone, the same in every process. */
  static long digest(Object value) {
    if (value instanceof Double real) {
      return AsBuilt.mix(DOUBLE, Double.doubleToRawLongBits(real));
    }
    if (value instanceof Float real) {
      return AsBuilt.mix(FLOAT, Float.floatToRawIntBits(real));
    }
    if (value instanceof Number whole) {
      return AsBuilt.mix(LONG, whole.longValue());
    }
    if (value instanceof String text) {
      return digest(TEXT, text);
    }
    if (value instanceof Enum<?> constant) {
      return digest(ENUM, constant.getDeclaringClass().getName() + '.' + constant.name());
    }
    if (value instanceof Class<?> type) {
      return digest(CLASS, type.getName());
    }
    return value instanceof Character sign
        ? AsBuilt.mix(CHAR, sign)
        : AsBuilt.mix(NULL, value == null ? NULL : (Boolean) value ? TRUE : FALSE);
  }

  private static long digest(int tag, String text) {
    long sum = AsBuilt.mix(tag, text.length());
    for (int i = 0; i < text.length(); i++) {
      sum = AsBuilt.mix(sum, text.charAt(i));
    }
    return sum;
  }

  static void write(Object value, BytesOut out) {
    if (value == null) {
      out.octet(NULL);
    } else if (value instanceof Boolean flag) {
      out.octet(flag ? TRUE : FALSE);
    } else if (value instanceof String text) {
      out.octet(TEXT);
      out.text(text);
    } else if (value instanceof Enum<?> constant) {
      out.octet(ENUM);
      out.text(constant.getDeclaringClass().getName());
      out.text(constant.name());
    } else if (value instanceof Class<?> type) {
      out.octet(CLASS);
      out.text(type.getName());
    } else {
      number(value, out);
    }
  }

  private static void number(Object value, BytesOut out) {
    if (value instanceof Double real) {
      out.octet(DOUBLE);
      out.signed(Double.doubleToRawLongBits(real));
    } else if (value instanceof Float real) {
      out.octet(FLOAT);
      out.signed(Float.floatToRawIntBits(real));
    } else if (value instanceof Character sign) {
      out.octet(CHAR);
      out.signed(sign);
    } else {
      out.octet(
          value instanceof Long ? LONG
              : value instanceof Integer ? INT : value instanceof Short ? SHORT : BYTE);
      out.signed(((Number) value).longValue());
    }
  }

  /** The value behind {@code tag}, which is below {@link #FIRST_FREE}. */
  static Object read(int tag, BytesIn in, Allowed allowed) {
    return switch (tag) {
      case NULL -> null;
      case FALSE -> false;
      case TRUE -> true;
      case BYTE -> (byte) in.signed();
      case SHORT -> (short) in.signed();
      case CHAR -> (char) in.signed();
      case INT -> in.signed32();
      case LONG -> in.signed();
      case FLOAT -> Float.intBitsToFloat(in.signed32());
      case DOUBLE -> Double.longBitsToDouble(in.signed());
      case TEXT -> in.text();
      case CLASS -> allowed.named(in.text());
      case ENUM -> constant(allowed.named(in.text()), in.text());
      default -> throw new BadBytes("a value of kind " + tag, in.position());
    };
  }

  private static Object constant(Class<?> type, String name) {
    for (Object constant : type.isEnum() ? type.getEnumConstants() : new Object[0]) {
      if (((Enum<?>) constant).name().equals(name)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(type.getName() + " has no constant " + name);
  }
}
