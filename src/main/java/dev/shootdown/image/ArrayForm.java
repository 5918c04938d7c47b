package dev.shootdown.image;

import java.lang.reflect.Array;

/** An array: its elements. Primitive ones are boxed on the way. */
final class ArrayForm extends Form {
  @Override
  Object[] parts(Object whole) {
    if (whole instanceof Object[] objects) {
      return objects.clone();
    }
    Object[] parts = new Object[Array.getLength(whole)];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = Array.get(whole, i);
    }
    return parts;
  }

  @Override
  Object shell(Class<?> type, int parts) {
    return Array.newInstance(type.getComponentType(), parts);
  }

  @Override
  void fill(Object whole, Object[] parts, boolean asBuilt) {
    for (int i = 0; i < parts.length; i++) {
      Array.set(whole, i, parts[i]);
    }
  }
}
