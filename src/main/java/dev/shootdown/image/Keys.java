package dev.shootdown.image;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The elements of maps and sets in an order that depends on content alone. */
final class Keys {
  private Keys() {}

  /** Keys and values in turn. */
  static Object[] pairs(Map<?, ?> map, boolean ordered) {
    List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
    if (!ordered && entries.size() > 1) {
      entries.sort(Comparator.comparing(entry -> text(entry.getKey())));
    }
    Object[] pairs = new Object[2 * entries.size()];
    int i = 0;
    for (Map.Entry<?, ?> entry : entries) {
      pairs[i++] = entry.getKey();
      pairs[i++] = entry.getValue();
    }
    return pairs;
  }

  static Object[] elements(Collection<?> all, boolean ordered) {
    if (ordered || all.size() < 2) {
      return all.toArray();
    }
    List<Object> elements = new ArrayList<>(all);
    elements.sort(Comparator.comparing(Keys::text));
    return elements.toArray();
  }

  private static String text(Object key) {
    if (key instanceof Class<?> type) {
      return type.getName();
    }
    if (key instanceof Enum<?> constant) {
      return constant.name();
    }
    if (key instanceof String || key instanceof Number || key instanceof Record) {
      return key.toString();
    }
    throw new Unimaged(
        "keys without an order, of " + (key == null ? "null" : key.getClass().getName()));
  }
}
