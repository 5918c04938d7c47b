package dev.shootdown.image;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** Which form an object has. */
final class Forms {
  /** The forms that bytes can name, by their number in them. */
  private final Form[] numbered;

  private final Map<Class<?>, Form> known = new HashMap<>();
  private final Map<Class<?>, Form> found = new HashMap<>();
  private final Allowed allowed;
  private final Form arrays = new ArrayForm();
  private final Form lambdas;
  private final Form lists;
  private final Form built = FixedForm.closed();

  Forms(Allowed allowed) {
    this.allowed = allowed;
    this.lambdas = new LambdaForm(allowed);
    this.lists = FixedForm.value(
        whole -> ((Collection<?>) whole).toArray(), parts -> Stream.of(parts).toList());
    collections();
    values();
    this.numbered = numbered();
  }

  private void collections() {
    known.put(ArrayList.class, new ListForm(ArrayList::new));
    known.put(LinkedList.class, new ListForm(LinkedList::new));
    known.put(ArrayDeque.class, new ListForm(ArrayDeque::new));
    known.put(PriorityQueue.class, new KeyedForm(PriorityQueue::new, true));
    known.put(TreeMap.class, new KeyedForm(TreeMap::new, true));
    known.put(TreeSet.class, new KeyedForm(TreeSet::new, true));
    known.put(LinkedHashMap.class, new KeyedForm(none -> new LinkedHashMap<>(), true));
    known.put(LinkedHashSet.class, new KeyedForm(none -> new LinkedHashSet<>(), true));
    known.put(HashMap.class, new KeyedForm(none -> new HashMap<>(), false));
    known.put(HashSet.class, new KeyedForm(none -> new HashSet<>(), false));
    known.put(IdentityHashMap.class, new KeyedForm(none -> new IdentityHashMap<>(), false));
    known.put(EnumMap.class, new KeyedForm(null, true));
  }

  private void values() {
    known.put(Optional.class, FixedForm.value(
        whole -> ((Optional<?>) whole).stream().toArray(),
        parts -> parts.length == 0 ? Optional.empty() : Optional.of(parts[0])));
    known.put(OptionalLong.class, FixedForm.value(
        whole -> ((OptionalLong) whole).stream().boxed().toArray(),
        parts -> parts.length == 0 ? OptionalLong.empty() : OptionalLong.of((Long) parts[0])));
    known.put(OptionalInt.class, FixedForm.value(
        whole -> ((OptionalInt) whole).stream().boxed().toArray(),
        parts -> parts.length == 0 ? OptionalInt.empty() : OptionalInt.of((Integer) parts[0])));
    known.put(BitSet.class, new BitsForm());
    known.put(Histogram.class, new HistogramForm());
  }

  /** In an order that all processes of one program share. */
  private Form[] numbered() {
    return new Form[] {
      arrays, lambdas, lists, known.get(ArrayList.class), known.get(LinkedList.class),
      known.get(ArrayDeque.class), known.get(PriorityQueue.class), known.get(TreeMap.class),
      known.get(TreeSet.class), known.get(LinkedHashMap.class), known.get(LinkedHashSet.class),
      known.get(HashMap.class), known.get(HashSet.class), known.get(IdentityHashMap.class),
      known.get(Optional.class), known.get(BitSet.class), known.get(OptionalLong.class),
      known.get(OptionalInt.class), known.get(Histogram.class)
    };
  }

  /** The number of a form that isn't of one class of ours, else −1. */
  int number(Form form) {
    return Arrays.asList(numbered).indexOf(form);
  }

  int count() {
    return numbered.length;
  }

  Form numbered(int number) {
    return numbered[number];
  }

  Form lambdas() {
    return lambdas;
  }

  /**
   * The form of {@code whole}.
   *
   * @param asBuilt whether it was there when all was built
   * @throws Unimaged if it has none
   */
  Form of(Object whole, boolean asBuilt) {
    Class<?> type = whole.getClass();
    if (type.isHidden() && allowed.covers(type) && !asBuilt) {
      return lambdas;
    }
    return of(type);
  }

  /** The form of objects of {@code type}, lambdas as they are when built. */
  Form of(Class<?> type) {
    Form form = known.get(type);
    if (form == null) {
      form = found.get(type);
    }
    if (form == null) {
      form = find(type);
      found.put(type, form);
    }
    return form;
  }

  private Form find(Class<?> type) {
    if (type.isArray()) {
      return arrays;
    }
    if (Opaque.class.isAssignableFrom(type) || isPekko(type)) {
      return built;
    }
    if (allowed.covers(type)) {
      return ours(type);
    }
    return foreign(type);
  }

  private Form ours(Class<?> type) {
    if (type.isHidden()) {
      FieldForm captured = new FieldForm(type, Object.class);
      return FixedForm.built(captured::parts);
    }
    if (type.isRecord()) {
      return new RecordForm(type);
    }
    Class<?> until = type;
    while (allowed.covers(until)) {
      until = until.getSuperclass();
    }
    if (until == LinkedHashMap.class) {
      return KeyedForm.ownMap(type);
    }
    if (until != Object.class && !isPekko(until)) {
      throw new Unimaged("a " + type.getName() + ", which is a " + until.getName());
    }
    return new FieldForm(type, until);
  }

  private Form foreign(Class<?> type) {
    String name = type.getName();
    if (name.startsWith("java.util.ImmutableCollections$") && Collection.class
        .isAssignableFrom(type) && !java.util.Set.class.isAssignableFrom(type)
        || name.equals("java.util.Collections$EmptyList")
        || name.equals("java.util.Collections$SingletonList")) {
      return lists;
    }
    if (name.startsWith("java.util.ImmutableCollections$")
        || name.startsWith("java.util.Collections$Unmodifiable")) {
      return FixedForm.built(Forms::shown);
    }
    if (EnumSet.class.isAssignableFrom(type)) {
      return new KeyedForm(null, true);
    }
    if (Comparator.class.isAssignableFrom(type)) {
      return built;
    }
    throw new Unimaged("a " + name);
  }

  private static Object[] shown(Object whole) {
    boolean ordered = whole instanceof java.util.List<?>;
    return whole instanceof Map<?, ?> map
        ? Keys.pairs(map, ordered) : Keys.elements((Collection<?>) whole, ordered);
  }

  private static boolean isPekko(Class<?> type) {
    return type.getName().startsWith("org.apache.pekko.");
  }
}
