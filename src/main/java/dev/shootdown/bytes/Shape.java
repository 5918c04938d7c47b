package dev.shootdown.bytes;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How the values of one type are laid out. Every value takes at least one byte. */
interface Shape {
  /** Values within values; deeper is refused, so that bytes can't exhaust the stack. */
  int NESTING_MAX = 64;

  /** Writes {@code value}, which lies {@code depth} values deep. */
  void write(Object value, BytesOut out, int depth);

  /** Reads a value that lies {@code depth} values deep. */
  Object read(BytesIn in, int depth);

  /** A whole number of 32 bits. */
  Shape INT =
      new Shape() {
        @Override
        public void write(Object value, BytesOut out, int depth) {
          out.signed((Integer) value);
        }

        @Override
        public Object read(BytesIn in, int depth) {
          return in.signed32();
        }
      };

  /** A whole number of 64 bits. */
  Shape LONG =
      new Shape() {
        @Override
        public void write(Object value, BytesOut out, int depth) {
          out.signed((Long) value);
        }

        @Override
        public Object read(BytesIn in, int depth) {
          return in.signed();
        }
      };

  /** Yes or no. */
  Shape BOOLEAN =
      new Shape() {
        @Override
        public void write(Object value, BytesOut out, int depth) {
          out.flag((Boolean) value);
        }

        @Override
        public Object read(BytesIn in, int depth) {
          return in.flag();
        }
      };

  /** Text. */
  Shape TEXT =
      new Shape() {
        @Override
        public void write(Object value, BytesOut out, int depth) {
          out.text((String) value);
        }

        @Override
        public Object read(BytesIn in, int depth) {
          return in.text();
        }
      };

  /** One of {@code constants}, by its place. */
  record OfEnum(Object[] constants) implements Shape {
    @Override
    public void write(Object value, BytesOut out, int depth) {
      out.unsigned(((Enum<?>) value).ordinal());
    }

    @Override
    public Object read(BytesIn in, int depth) {
      return constants[in.below(constants.length, "constant")];
    }
  }

  /** Any number of values of one shape. */
  record OfList(Shape element) implements Shape {
    @Override
    public void write(Object value, BytesOut out, int depth) {
      List<?> list = (List<?>) value;
      out.unsigned(list.size());
      for (Object each : list) {
        if (each == null) {
          throw new IllegalArgumentException("a list holds null");
        }
        element.write(each, out, depth + 1);
      }
    }

    @Override
    public Object read(BytesIn in, int depth) {
      int count = in.count();
      List<Object> list = new ArrayList<>(Math.min(count, 1024));
      for (int i = 0; i < count; i++) {
        list.add(element.read(in, depth + 1));
      }
      return List.copyOf(list);
    }
  }

  /** A value or none. */
  record OfOptional(Shape element) implements Shape {
    @Override
    public void write(Object value, BytesOut out, int depth) {
      Optional<?> optional = (Optional<?>) value;
      out.flag(optional.isPresent());
      if (optional.isPresent()) {
        element.write(optional.get(), out, depth + 1);
      }
    }

    @Override
    public Object read(BytesIn in, int depth) {
      return in.flag() ? Optional.of(element.read(in, depth + 1)) : Optional.empty();
    }
  }
}
