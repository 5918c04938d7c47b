package dev.shootdown.image;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Function;

/**
 * A map, a set or a priority queue: its comparator, then its elements, of a map keys and values in
 * turn. One without an order of its own is put into that of its keys' texts.
 */
final class KeyedForm extends Form {
  private final Function<Comparator<Object>, Object> empty;
  private final boolean ordered;
  private final Field outer;

  /**
   * A kind.
   *
   * @param empty makes one without elements; null if that takes more than a comparator
   * @param ordered whether what it shows has an order that depends on content alone
   */
  KeyedForm(Function<Comparator<Object>, Object> empty, boolean ordered) {
    this.empty = empty;
    this.ordered = ordered;
    this.outer = null;
  }

  private KeyedForm(Field outer) {
    this.empty = null;
    this.ordered = true;
    this.outer = outer;
  }

  /**
   * The form of our own {@code type}, a LinkedHashMap that keeps nothing beside its entries but
   * numbers that never change, and the object that it was made in. Its first part is that object.
   *
   * @throws Unimaged if it keeps more
   */
  static KeyedForm ownMap(Class<?> type) {
    Field outer = null;
    for (Field field : type.getDeclaredFields()) {
      boolean constant = Modifier.isFinal(field.getModifiers())
          && (field.getType().isPrimitive() || Modifier.isStatic(field.getModifiers()));
      if (field.isSynthetic() && outer == null) {
        outer = field;
        outer.setAccessible(true);
      } else if (!constant) {
        throw new Unimaged(
            "a " + type.getName() + ", which is a LinkedHashMap and has a " + field.getName());
      }
    }
    return new KeyedForm(outer);
  }

  @Override
  Object[] parts(Object whole) {
    Object[] elements =
        whole instanceof Map<?, ?> map
            ? Keys.pairs(map, ordered) : Keys.elements((Collection<?>) whole, ordered);
    Object[] parts = new Object[elements.length + 1];
    parts[0] = comparator(whole);
    System.arraycopy(elements, 0, parts, 1, elements.length);
    return parts;
  }

  private Object comparator(Object whole) {
    if (outer != null) {
      return FieldForm.read(outer, whole);
    }
    if (whole instanceof SortedMap<?, ?> map) {
      return map.comparator();
    }
    if (whole instanceof SortedSet<?> set) {
      return set.comparator();
    }
    return whole instanceof PriorityQueue<?> queue ? queue.comparator() : null;
  }

  @Override
  Turn turn() {
    return Turn.LAST;
  }

  @Override
  Object shell(Class<?> type, int parts) {
    throw new IllegalStateException("its comparator comes first");
  }

  @Override
  void refuseNew(Object whole) {
    if (empty == null) {
      throw new Unimaged(
          "a " + whole.getClass().getName() + " that was not there when the machine was built");
    }
  }

  /** A new one without elements. */
  @SuppressWarnings("unchecked") // it is the comparator that was there
  Object shell(Object comparator) {
    return empty.apply((Comparator<Object>) comparator);
  }

  @Override
  @SuppressWarnings("unchecked") // it gets back what it held
  void fill(Object whole, Object[] parts, boolean asBuilt) {
    if (whole instanceof Map<?, ?>) {
      Map<Object, Object> map = (Map<Object, Object>) whole;
      map.clear();
      for (int i = 1; i < parts.length; i += 2) {
        map.put(parts[i], parts[i + 1]);
      }
    } else {
      Collection<Object> elements = (Collection<Object>) whole;
      elements.clear();
      for (int i = 1; i < parts.length; i++) {
        elements.add(parts[i]);
      }
    }
  }
}
