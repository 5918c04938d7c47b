package dev.shootdown.image;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/** The constants of our classes: objects with a name of their own, which all parts share. */
final class Constants {
  /** A constant: static, final, no plain value. */
  record Name(Class<?> of, String field) {}

  private final Allowed allowed;
  private final Map<Class<?>, Map<Object, Name>> byNest = new HashMap<>();

  Constants(Allowed allowed) {
    this.allowed = allowed;
  }

  /** The name of {@code what}, if its own file or the holder's names it; else null. */
  Name name(Object holder, Object what) {
    Name own = in(what.getClass(), what);
    return own != null || holder == null ? own : in(holder.getClass(), what);
  }

  private Name in(Class<?> type, Object what) {
    if (type.isArray() || !allowed.covers(type)) {
      return null;
    }
    return byNest.computeIfAbsent(type.getNestHost(), Constants::all).get(what);
  }

  private static Map<Object, Name> all(Class<?> nest) {
    Map<Object, Name> names = new IdentityHashMap<>();
    for (Class<?> type : nest.getNestMembers()) {
      for (Field field : type.getDeclaredFields()) {
        int modifiers = field.getModifiers();
        boolean constant = Modifier.isStatic(modifiers) && Modifier.isFinal(modifiers);
        if (constant && !field.getType().isPrimitive() && !field.isSynthetic()) {
          field.setAccessible(true);
          Object value = FieldForm.read(field, null);
          if (value != null && !Values.isValue(value)) {
            names.putIfAbsent(value, new Name(type, field.getName()));
          }
        }
      }
    }
    return names;
  }

  /**
   * What that name stands for.
   *
   * @throws IllegalArgumentException if it stands for nothing
   */
  static Object value(Class<?> of, String name) {
    try {
      Field field = of.getDeclaredField(name);
      field.setAccessible(true);
      if (Modifier.isStatic(field.getModifiers()) && Modifier.isFinal(field.getModifiers())) {
        return FieldForm.read(field, null);
      }
    } catch (NoSuchFieldException gone) {
      throw new IllegalArgumentException(of.getName() + " has no " + name, gone);
    }
    throw new IllegalArgumentException(of.getName() + "." + name + " is no constant");
  }
}
