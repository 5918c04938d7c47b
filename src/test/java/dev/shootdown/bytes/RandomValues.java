package dev.shootdown.bytes;

import dev.shootdown.engine.Dice;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes values of any type that has a codec, awkward ones often. */
final class RandomValues {
  private static final long[] AWKWARD = {
    0, 1, -1, 63, 64, 127, 128, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE,
    Long.MIN_VALUE
  };
  private static final int TRIES = 1_000;

  private final Dice dice;

  RandomValues(long seed) {
    this.dice = Dice.of(seed, "values");
  }

  Object of(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type element = generic.getActualTypeArguments()[0];
      if (generic.getRawType() == Optional.class) {
        return dice.below(2) == 0 ? Optional.empty() : Optional.of(of(element));
      }
      List<Object> list = new ArrayList<>();
      for (int left = dice.below(5); left > 0; left--) {
        list.add(of(element));
      }
      return list;
    }
    Class<?> plain = (Class<?>) type;
    if (plain == int.class || plain == Integer.class) {
      return (int) number();
    } else if (plain == long.class || plain == Long.class) {
      return number();
    } else if (plain == boolean.class || plain == Boolean.class) {
      return dice.below(2) == 0;
    } else if (plain == String.class) {
      return List.of("", "nic0", "€ 𝄞", "a\u0000b").get(dice.below(4));
    } else if (plain.isEnum()) {
      return plain.getEnumConstants()[dice.below(plain.getEnumConstants().length)];
    } else if (plain.isSealed()) {
      Class<?>[] permitted = plain.getPermittedSubclasses();
      return of(permitted[dice.below(permitted.length)]);
    }
    return record(plain);
  }

  private long number() {
    return switch (dice.below(4)) {
      case 0 -> AWKWARD[dice.below(AWKWARD.length)];
      case 1 -> dice.nextLong();
      default -> dice.below(5_000);
    };
  }

  /** Records may refuse values; then others are tried. */
  private Object record(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = components[i].getType();
    }
    for (int tries = 0; tries < TRIES; tries++) {
      Object[] values = new Object[types.length];
      for (int i = 0; i < types.length; i++) {
        values[i] = of(components[i].getGenericType());
      }
      try {
        Constructor<?> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor.newInstance(values);
      } catch (InvocationTargetException refused) {
        continue;
      } catch (ReflectiveOperationException closed) {
        throw new IllegalStateException(closed);
      }
    }
    throw new IllegalStateException(type + " took nothing");
  }
}
