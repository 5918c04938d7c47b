package dev.shootdown.image;

import java.util.Collection;
import java.util.function.Supplier;

/** A list or a queue that keeps its elements as they were added. */
final class ListForm extends Form {
  private final Supplier<Collection<Object>> empty;

  ListForm(Supplier<Collection<Object>> empty) {
    this.empty = empty;
  }

  @Override
  Object[] parts(Object whole) {
    return ((Collection<?>) whole).toArray();
  }

  @Override
  Turn turn() {
    return Turn.SECOND;
  }

  @Override
  Object shell(Class<?> type, int parts) {
    return empty.get();
  }

  @Override
  @SuppressWarnings("unchecked") // it gets back what it held
  void fill(Object whole, Object[] parts, boolean asBuilt) {
    Collection<Object> list = (Collection<Object>) whole;
    list.clear();
    for (Object part : parts) {
      list.add(part);
    }
  }
}
