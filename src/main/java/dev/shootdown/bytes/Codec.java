package dev.shootdown.bytes;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Turns the values of one type into bytes and back.
 *
 * <p>Whole numbers are zigzag varints, enum constants their place, lists their length and elements;
 * a type of a sealed hierarchy is its number among all that the hierarchy permits, by name. So the
 * bytes of two builds agree only if their types do: whoever sends bytes elsewhere compares builds
 * first.
 *
 * <p>Can: records, enums, sealed interfaces of these, {@code List}, {@code Optional}, {@code
 * String}, {@code boolean}, {@code int}, {@code long}; types that hold themselves, up to 64 values
 * deep. Can't: null, arrays, maps, floating point, records with type parameters.
 *
 * <p>Safe to use from several threads.
 *
 * @param <T> the values
 */
public final class Codec<T> {
  private static final ClassValue<Codec<?>> MADE =
      new ClassValue<>() {
        @Override
        protected Codec<?> computeValue(Class<?> type) {
          return new Codec<>(new Shapes().of(type, type.getName()));
        }
      };

  /** Kept, since the JVM compiles each one's calls of records' methods by themselves. */
  private static final Map<List<Class<?>>, Codec<Object>> MADE_OF_ANY =
      new ConcurrentHashMap<>();

  private final Shape shape;

  private Codec(Shape shape) {
    this.shape = shape;
  }

  /**
   * The codec of {@code type}, made on first use.
   *
   * @throws IllegalArgumentException if a component has no bytes; the message names it
   */
  @SuppressWarnings("unchecked") // made from this very class
  public static <T> Codec<T> of(Class<T> type) {
    return (Codec<T>) MADE.get(type);
  }

  /**
   * The codec of all that any of {@code roots} permits, numbered together; made on first use.
   *
   * @throws IllegalArgumentException as {@link #of}
   */
  public static Codec<Object> ofAny(List<Class<?>> roots) {
    return MADE_OF_ANY.computeIfAbsent(
        List.copyOf(roots), all -> new Codec<>(new Shapes().union(new Type() {}, all)));
  }

  /**
   * Appends {@code value}.
   *
   * @throws IllegalArgumentException if there is a null in it, it is nested too deep, or it is none
   *     of the codec's types
   */
  public void write(T value, BytesOut out) {
    shape.write(value, out, 0);
  }

  /**
   * Takes the next value.
   *
   * @throws BadBytes if there is none
   */
  @SuppressWarnings("unchecked") // the shape was made from T
  public T read(BytesIn in) {
    return (T) shape.read(in, 0);
  }

  /** {@code value} alone. */
  public byte[] bytes(T value) {
    BytesOut out = new BytesOut();
    write(value, out);
    return out.toByteArray();
  }

  /**
   * The value that {@code bytes} are.
   *
   * @throws BadBytes if they are none, or more than one
   */
  public T value(byte[] bytes) {
    BytesIn in = new BytesIn(bytes);
    T value = read(in);
    in.finish();
    return value;
  }
}
