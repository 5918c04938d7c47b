package dev.shootdown.image;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;

/** A record: its components, in their order. */
final class RecordForm extends Form {
  private final Field[] fields;
  private final Constructor<?> constructor;

  RecordForm(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    this.fields = new Field[components.length];
    try {
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        fields[i] = type.getDeclaredField(components[i].getName());
        fields[i].setAccessible(true);
      }
      this.constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
    } catch (NoSuchFieldException | NoSuchMethodException impossible) {
      throw new IllegalStateException("every record has a field per component", impossible);
    }
  }

  @Override
  Object[] parts(Object whole) {
    Object[] parts = new Object[fields.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = FieldForm.read(fields[i], whole);
    }
    return parts;
  }

  @Override
  String label(Object whole, int index) {
    return whole.getClass().getSimpleName() + "." + fields[index].getName();
  }

  @Override
  boolean isFixed() {
    return true;
  }

  @Override
  Object make(Class<?> type, Object[] parts) {
    try {
      return constructor.newInstance(parts);
    } catch (InvocationTargetException refused) {
      throw new IllegalArgumentException(
          type.getName() + " refuses what it held: " + refused.getCause(), refused.getCause());
    } catch (ReflectiveOperationException barred) {
      throw new IllegalStateException(type + " was made usable", barred);
    }
  }
}
