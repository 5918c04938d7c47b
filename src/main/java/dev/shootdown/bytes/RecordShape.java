package dev.shootdown.bytes;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/**
 * A record, component after component. One without components takes a byte of its own where no
 * number of a union stands before it.
 *
 * <p>What calls a record's methods is made when the first one is written or read: each takes
 * classes of its own from the JVM, and most types of a vocabulary never cross in a run.
 */
final class RecordShape implements Shape {
  private final Class<?> type;
  private final MethodHandle found;
  private final MethodHandle[] foundAccessors;
  private final String[] names;
  private final Shape[] shapes;
  private volatile MethodHandle constructor;
  private volatile MethodHandle[] accessors;
  private volatile Object only;

  /** The layout of {@code type}; {@link #shapes} gives the components' shapes to fill in. */
  RecordShape(Class<?> type) {
    this.type = type;
    RecordComponent[] components = type.getRecordComponents();
    this.foundAccessors = new MethodHandle[components.length];
    this.names = new String[components.length];
    this.shapes = new Shape[components.length];
    try {
      MethodHandles.Lookup lookup =
          MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      Class<?>[] types = new Class<?>[components.length];
      for (int i = 0; i < components.length; i++) {
        names[i] = components[i].getName();
        types[i] = components[i].getType();
        foundAccessors[i] =
            lookup.findVirtual(type, names[i], MethodType.methodType(types[i]));
      }
      this.found = lookup.findConstructor(type, MethodType.methodType(void.class, types));
    } catch (ReflectiveOperationException closed) {
      throw new IllegalArgumentException(type.getName() + " cannot be looked into", closed);
    }
  }

  /** Two threads may make it at a time; both are the same. */
  private MethodHandle constructor() {
    MethodHandle made = constructor;
    if (made == null) {
      made =
          found
              .asSpreader(Object[].class, shapes.length)
              .asType(MethodType.methodType(Object.class, Object[].class));
      constructor = made;
    }
    return made;
  }

  private MethodHandle[] accessors() {
    MethodHandle[] made = accessors;
    if (made == null) {
      made = new MethodHandle[foundAccessors.length];
      for (int i = 0; i < made.length; i++) {
        made[i] =
            foundAccessors[i].asType(MethodType.methodType(Object.class, Object.class));
      }
      accessors = made;
    }
    return made;
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
    MethodHandle[] known = accessors();
    for (int i = 0; i < shapes.length; i++) {
      Object component = component(known[i], value);
      if (component == null) {
        throw new IllegalArgumentException(type.getName() + "." + names[i] + " is null");
      }
      shapes[i].write(component, out, depth + 1);
    }
  }

  Object readComponents(BytesIn in, int depth) {
    if (isEmpty()) {
      return only(in.position());
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

  /** The same object for all who ask. */
  private Object only(int start) {
    Object made = only;
    if (made == null) {
      synchronized (this) {
        made = only == null ? make(new Object[0], start) : only;
        only = made;
      }
    }
    return made;
  }

  private static Object component(MethodHandle accessor, Object value) {
    try {
      return accessor.invokeExact(value);
    } catch (RuntimeException | Error thrown) {
      throw thrown;
    } catch (Throwable thrown) {
      throw new IllegalStateException(thrown);
    }
  }

  private Object make(Object[] components, int start) {
    try {
      return constructor().invokeExact(components);
    } catch (Error thrown) {
      throw thrown;
    } catch (Throwable refused) {
      throw new BadBytes(
          type.getSimpleName() + " doesn't take " + Arrays.toString(components), start, refused);
    }
  }
}
