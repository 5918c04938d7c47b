package dev.shootdown.bytes;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/**
 * A record, component after component. One without components takes a byte of its own where no
 * number of a union stands before it.
 */
final class RecordShape implements Shape {
  private final Class<?> type;
  private final MethodHandle constructor;
  private final MethodHandle[] accessors;
  private final String[] names;
  private final Shape[] shapes;
  private final Object only;

  /** The layout of {@code type}; {@link #shapes} gives the components' shapes to fill in. */
  RecordShape(Class<?> type) {
    this.type = type;
    RecordComponent[] components = type.getRecordComponents();
    this.accessors = new MethodHandle[components.length];
    this.names = new String[components.length];
    this.shapes = new Shape[components.length];
    try {
      MethodHandles.Lookup lookup =
          MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      Class<?>[] types = new Class<?>[components.length];
      for (int i = 0; i < components.length; i++) {
        names[i] = components[i].getName();
        types[i] = components[i].getType();
        accessors[i] =
            lookup
                .findVirtual(type, names[i], MethodType.methodType(types[i]))
                .asType(MethodType.methodType(Object.class, Object.class));
      }
      this.constructor =
          lookup
              .findConstructor(type, MethodType.methodType(void.class, types))
              .asSpreader(Object[].class, components.length)
              .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (ReflectiveOperationException closed) {
      throw new IllegalArgumentException(type.getName() + " cannot be looked into", closed);
    }
    this.only = components.length == 0 ? make(new Object[0], 0) : null;
  }

  /** The components' shapes, by place. */
  Shape[] shapes() {
    return shapes;
  }

  boolean isEmpty() {
    return shapes.length == 0;
  }

  @Override
  public void write(Object value, BytesOut out, int depth) {
    if (isEmpty()) {
      out.octet(0);
    } else {
      writeComponents(value, out, depth);
    }
  }

  @Override
  public Object read(BytesIn in, int depth) {
    if (isEmpty()) {
      in.below(1, "filler");
    }
    return readComponents(in, depth);
  }

  void writeComponents(Object value, BytesOut out, int depth) {
    if (depth > NESTING_MAX) {
      throw new IllegalArgumentException("values nested deeper than " + NESTING_MAX);
    }
    for (int i = 0; i < shapes.length; i++) {
      Object component = component(value, i);
      if (component == null) {
        throw new IllegalArgumentException(type.getName() + "." + names[i] + " is null");
      }
      shapes[i].write(component, out, depth + 1);
    }
  }

  Object readComponents(BytesIn in, int depth) {
    if (only != null) {
      return only;
    }
    if (depth > NESTING_MAX) {
      throw new BadBytes("values nested deeper than " + NESTING_MAX, in.position());
    }
    int start = in.position();
    Object[] components = new Object[shapes.length];
    for (int i = 0; i < components.length; i++) {
      components[i] = shapes[i].read(in, depth + 1);
    }
    return make(components, start);
  }

  private Object component(Object value, int place) {
    try {
      return accessors[place].invokeExact(value);
    } catch (RuntimeException | Error thrown) {
      throw thrown;
    } catch (Throwable thrown) {
      throw new IllegalStateException(thrown);
    }
  }

  private Object make(Object[] components, int start) {
    try {
      return constructor.invokeExact(components);
    } catch (Error thrown) {
      throw thrown;
    } catch (Throwable refused) {
      throw new BadBytes(
          type.getSimpleName() + " doesn't take " + Arrays.toString(components), start, refused);
    }
  }
}
