package dev.shootdown.bytes;

import java.util.List;

/** One of several types: its number, then the value. */
final class UnionShape implements Shape {
  private final List<Class<?>> types;
  private final Shape[] shapes;
  private final ClassValue<Integer> numbers;

  /** Numbers are places in {@code types}; {@link #shapes} gives their shapes to fill in. */
  UnionShape(List<Class<?>> types) {
    this.types = types;
    this.shapes = new Shape[types.size()];
    this.numbers =
        new ClassValue<>() {
          @Override
          protected Integer computeValue(Class<?> type) {
            return types.indexOf(type);
          }
        };
  }

  /** The types' shapes, by number. */
  Shape[] shapes() {
    return shapes;
  }

  @Override
  public void write(Object value, BytesOut out, int depth) {
    Class<?> type =
        value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
    int number = numbers.get(type);
    if (number < 0) {
      throw new IllegalArgumentException(type.getName() + " is none of " + types);
    }
    out.unsigned(number);
    if (shapes[number] instanceof RecordShape of) {
      of.writeComponents(value, out, depth);
    } else {
      shapes[number].write(value, out, depth);
    }
  }

  @Override
  public Object read(BytesIn in, int depth) {
    Shape shape = shapes[in.below(shapes.length, "type")];
    return shape instanceof RecordShape of ? of.readComponents(in, depth) : shape.read(in, depth);
  }
}
