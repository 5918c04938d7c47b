package dev.shootdown.image;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** An ordinary object: its fields, those of the furthest superclass first, then by name. */
final class FieldForm extends Form {
  private final Field[] fields;
  private final boolean whole;

  /**
   * The form of {@code type}.
   *
   * @param until the superclass whose fields are none of ours any more
   */
  FieldForm(Class<?> type, Class<?> until) {
    this.fields = fields(type, until);
    this.whole = until == Object.class;
  }

  /** The fields of {@code type} and its superclasses below {@code until}, made readable. */
  static Field[] fields(Class<?> type, Class<?> until) {
    List<Class<?>> line = new ArrayList<>();
    for (Class<?> c = type; c != until; c = c.getSuperclass()) {
      line.add(c);
    }
    Collections.reverse(line);
    List<Field> fields = new ArrayList<>();
    for (Class<?> c : line) {
      Field[] own = c.getDeclaredFields();
      Arrays.sort(own, Comparator.comparing(Field::getName));
      for (Field field : own) {
        if (!Modifier.isStatic(field.getModifiers())) {
          field.setAccessible(true);
          fields.add(field);
        }
      }
    }
    return fields.toArray(new Field[0]);
  }

  static Object read(Field field, Object from) {
    try {
      return field.get(from);
    } catch (IllegalAccessException barred) {
      throw new IllegalStateException(field + " was made readable", barred);
    }
  }

  @Override
  Object[] parts(Object of) {
    Object[] parts = new Object[fields.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = read(fields[i], of);
    }
    return parts;
  }

  @Override
  String label(Object of, int index) {
    return fields[index].getDeclaringClass().getSimpleName() + "." + fields[index].getName();
  }

  @Override
  Object shell(Class<?> type, int parts) {
    return Shells.of(type);
  }

  /** The final fields of what was built hold what they held then. */
  @Override
  void fill(Object of, Object[] parts, boolean asBuilt) {
    try {
      for (int i = 0; i < parts.length; i++) {
        if (!asBuilt || !Modifier.isFinal(fields[i].getModifiers())) {
          fields[i].set(of, parts[i]);
        }
      }
    } catch (IllegalAccessException barred) {
      throw new IllegalStateException("a field that can't be set", barred);
    }
  }

  @Override
  void refuseNew(Object of) {
    if (!whole) {
      throw new Unimaged(
          "a " + of.getClass().getName() + " that was not there when the machine was built");
    }
  }
}
