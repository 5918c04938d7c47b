package dev.shootdown.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Fills a record from settings by the names and types of its components; the rules are told at
 * {@link Settings#bind}. A record that breaks them is a mistake of the programmer, not of the user,
 * and ends in an {@link IllegalArgumentException}.
 */
final class Binder {
  /** Longest first: a name that ends in BytesPerSecond ends in no other. */
  private static final List<String> SUFFIXES =
      List.of("BytesPerSecond", "Address", "Bytes", "Ratio", "Ps");

  private static final Map<Class<?>, Class<?>> UNBOXED = Map.of(
      Integer.class, int.class, Long.class, long.class,
      Double.class, double.class, Boolean.class, boolean.class);

  /** Found out once per record type: a sweep binds the same few records ten thousand times. */
  private static final ClassValue<List<Named>> NAMED = new ClassValue<>() {
    @Override
    protected List<Named> computeValue(Class<?> type) {
      return Arrays.stream(type.getRecordComponents()).map(Named::of).toList();
    }
  };

  /** A component, the unit that its name ends in, and the key that it is read from. */
  private record Named(RecordComponent component, String suffix, String key) {
    static Named of(RecordComponent component) {
      String suffix = suffixOf(component);
      Key given = component.getAnnotation(Key.class);
      String name = component.getName();
      return new Named(
          component, suffix,
          given != null
              ? given.value() : kebab(name.substring(0, name.length() - suffix.length())));
    }
  }

  private final Settings settings;
  private final RecordComponent component;
  private final String suffix;
  private final String key;

  private Binder(Settings settings, Named named) {
    this.settings = settings;
    this.component = named.component();
    this.suffix = named.suffix();
    this.key = named.key();
  }

  static <R extends Record> R bind(Settings settings, Class<R> type) {
    int before = settings.problems().count();
    List<Named> components = NAMED.get(type);
    Class<?>[] types = new Class<?>[components.size()];
    Object[] values = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      RecordComponent component = components.get(i).component();
      types[i] = component.getType();
      values[i] = new Binder(settings, components.get(i)).value(component.getGenericType());
    }
    R bound = construct(settings, type, types, values, before);
    if (bound instanceof Checked checked && settings.problems().count() == before) {
      checked.check(settings);
    }
    return bound;
  }

  private static <R extends Record> R construct(Settings settings, Class<R> type,
      Class<?>[] types, Object[] values, int before) {
    try {
      Constructor<R> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException thrown) {
      return refuse(settings, thrown.getCause(), before);
    } catch (ReflectiveOperationException unusable) {
      throw new IllegalArgumentException(type.getName() + " cannot be bound", unusable);
    }
  }

  /**
   * A constructor that refuses leaves nothing to go on with, so the load ends here. If a value was
   * refused before, what the constructor dislikes is its stand-in, which the user never wrote.
   */
  private static <R> R refuse(Settings settings, Throwable cause, int before) {
    if (cause instanceof IllegalArgumentException) {
      if (settings.problems().count() == before) {
        settings.problem("", String.valueOf(cause.getMessage()));
      }
      settings.finish();
      settings.problems().throwIfAny();
    }
    if (cause instanceof Error error) {
      throw error;
    }
    throw cause instanceof RuntimeException unchecked
        ? unchecked : new IllegalStateException(cause);
  }

  private Object value(Type type) {
    if (type instanceof ParameterizedType generic && generic.getRawType() == Optional.class) {
      return settings.has(key)
          ? Optional.of(value(generic.getActualTypeArguments()[0])) : Optional.empty();
    }
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      return list(generic.getActualTypeArguments()[0]);
    }
    if (!(type instanceof Class<?> plain)) {
      throw unbindable("type " + type.getTypeName() + " is not supported");
    }
    if (plain.isRecord()) {
      return settings.child(key).bind(plain.asSubclass(Record.class));
    }
    return settings.read(key, kind(UNBOXED.getOrDefault(plain, plain)));
  }

  private List<?> list(Type element) {
    if (element == String.class) {
      return settings.texts(key);
    }
    if (element instanceof Class<?> type && type.isEnum()) {
      return choices(type);
    }
    if (element instanceof Class<?> type && type.isRecord()) {
      List<Record> bound = new ArrayList<>();
      for (Settings child : settings.children(key)) {
        bound.add(child.bind(type.asSubclass(Record.class)));
      }
      return List.copyOf(bound);
    }
    throw unbindable("a list of " + element.getTypeName() + " is not supported");
  }

  private List<?> choices(Class<?> type) {
    Kind<?> kind = choice(type);
    List<Object> chosen = new ArrayList<>();
    for (Settings.Item item : settings.items(key)) {
      try {
        chosen.add(kind.read(item.text()));
      } catch (Refusal refusal) {
        settings.problems().add(item.origin(), item.path(), refusal.getMessage());
      }
    }
    return List.copyOf(chosen);
  }

  private Kind<?> kind(Class<?> type) {
    if (type == int.class) {
      Kind<Long> whole = Kinds.whole(range(0, Integer.MIN_VALUE, Integer.MAX_VALUE));
      return new Kind<>(whole.expected(), Math.toIntExact(whole.harmless()),
          text -> Math.toIntExact(whole.read(text)));
    }
    if (type == long.class) {
      return longKind();
    }
    if (component.isAnnotationPresent(Limits.class)
        || component.isAnnotationPresent(PowerOfTwo.class)) {
      throw unbindable("limits do not apply to " + type.getSimpleName());
    }
    if (type == double.class && endsIn("Ratio")) {
      return Kinds.RATIO;
    }
    if (type == boolean.class) {
      return Kinds.FLAG;
    }
    if (type == String.class) {
      return Kinds.TEXT;
    }
    if (type.isEnum()) {
      return choice(type);
    }
    throw unbindable("type " + type.getName() + " is not supported under this name");
  }

  private Kind<Long> longKind() {
    return switch (suffix) {
      case "Ps" -> Kinds.scaled(Scale.TIME, range(0, 0, Long.MAX_VALUE));
      case "Bytes" -> Kinds.scaled(Scale.BYTES, range(0, 0, Long.MAX_VALUE));
      case "BytesPerSecond" -> Kinds.scaled(Scale.BANDWIDTH, range(1, 1, Long.MAX_VALUE));
      case "Address" -> Kinds.address(range(0, 0, Kinds.ADDRESS_MAX));
      default -> endsIn("Address")
          ? Kinds.address(range(0, 0, Kinds.ADDRESS_MAX))
          : Kinds.whole(range(0, Long.MIN_VALUE, Long.MAX_VALUE));
    };
  }

  /** The limits given at the component, within those of its type; from 0 or 1 if none is given. */
  private Kinds.Range range(long usualMin, long typeMin, long typeMax) {
    Limits limits = component.getAnnotation(Limits.class);
    boolean powerOfTwo = component.isAnnotationPresent(PowerOfTwo.class);
    if (limits == null) {
      return new Kinds.Range(usualMin, typeMax, powerOfTwo, "");
    }
    return new Kinds.Range(Math.max(limits.min(), typeMin), Math.min(limits.max(), typeMax),
        powerOfTwo, limits.rule());
  }

  /** Whether the whole name or its end is the word: address, or baseAddress. */
  private boolean endsIn(String word) {
    return suffix.equals(word) || component.getName().equals(word.toLowerCase(Locale.ROOT));
  }

  private IllegalArgumentException unbindable(String why) {
    return new IllegalArgumentException(component.getDeclaringRecord().getName() + "."
        + component.getName() + ": " + why);
  }

  private static String suffixOf(RecordComponent component) {
    String signature = component.getGenericType().getTypeName();
    String name = component.getName();
    return SUFFIXES.stream()
        .filter(suffix -> name.endsWith(suffix) && name.length() > suffix.length())
        .filter(suffix -> signature.matches(suffix.equals("Ratio")
            ? "double|.*Double>" : "long|.*Long>"))
        .findFirst().orElse("");
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the caller has seen that the type is an enum
  private static Kind<?> choice(Class<?> type) {
    return Kinds.choice((Class) type);
  }

  /** {@code outstandingMax}: outstanding-max. */
  private static String kebab(String name) {
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }
}
