package dev.shootdown.check;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Port;
import dev.shootdown.engine.Ports;
import dev.shootdown.engine.Stance;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Compares the whole state of a machine at two times, object by object and number by number: every
 * part, every wire, all dice, all that is on its way. Nothing is digested.
 *
 * <ol>
 *   <li>The two are the same if each object of the one has its partner in the other, of the same
 *       class, with the same content, and no object has two.
 *   <li>A time (a number whose name ends in {@code Ps}) has to have moved along by exactly what
 *       lies between the two. One that stayed comes nearer if it is ahead, and gets older if it is
 *       not: both may decide later, unless {@link GrowingNumbers} knows better.
 *   <li>Any other number has to be equal, unless {@link GrowingNumbers} knows that it only names
 *       something: then old and new names have to correspond one to one.
 *   <li>Dice have to be where they were.
 *   <li>A part with something in it that can't be looked at must not have had any event.
 * </ol>
 *
 * <p>It reads fields by reflection, since parts don't say what their state is. Objects that both
 * machines share were there before they were built, and don't change: of these only times that are
 * ahead matter. Can't: see what a part keeps in static fields, or time in a number whose name does
 * not say so.
 */
final class SameState {
  /** An object as itself, whatever it equals. */
  private record Self(Object object) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Self self && self.object == object;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(object);
    }
  }

  /** How an object was come by: a part's name at last. */
  private record Place(Place before, String step) {
    @Override
    public String toString() {
      return before == null ? step : before + "." + step;
    }

    private String part() {
      return before == null ? step : before.part();
    }
  }

  /**
   * Two that should be the same, as {@code field} of class {@code owner} has them.
   *
   * @param isSettled whether they are part of what was there before the machines were built
   */
  private record Pair(
      Object earlier, Object later, String owner, String field, Place place,
      boolean isSettled) {}

  private final Stance earlier;
  private final Stance later;
  private final long periodPs;
  private final GrowingNumbers.Names names = new GrowingNumbers.Names();
  private final Map<Self, Object> partners = new LinkedHashMap<>();
  private final Map<Self, Object> backwards = new LinkedHashMap<>();
  private final Deque<Pair> toDo = new ArrayDeque<>();
  private final Map<String, Long> lastEventsPs = new LinkedHashMap<>();
  private Optional<String> objection = Optional.empty();

  private SameState(Stance earlier, Stance later) {
    this.earlier = earlier;
    this.later = later;
    this.periodPs = later.atPs() - earlier.atPs();
    later.parts().forEach(part -> lastEventsPs.put(part.name(), part.lastEventPs()));
  }

  /** The first difference, for a person; empty if the two are the same. */
  static Optional<String> objection(Stance earlier, Stance later) {
    SameState check = new SameState(earlier, later);
    check.parts();
    check.pending();
    while (check.objection.isEmpty() && !check.toDo.isEmpty()) {
      check.compare(check.toDo.removeFirst());
    }
    return check.objection;
  }

  private void object(String text) {
    if (objection.isEmpty()) {
      objection = Optional.of(text);
    }
  }

  private void parts() {
    for (int i = 0; i < earlier.parts().size(); i++) {
      Stance.Part before = earlier.parts().get(i);
      Stance.Part after = later.parts().get(i);
      if (!before.dice().equals(after.dice())) {
        object(before.name() + " drew dice in between");
      }
      add(before.behavior(), after.behavior(), new Place(null, before.name()));
    }
    for (int i = 0; i < earlier.links().size(); i++) {
      add(earlier.links().get(i), later.links().get(i), new Place(null, "a wire"));
    }
  }

  private void pending() {
    List<Stance.Pending> before = earlier.pending();
    List<Stance.Pending> after = later.pending();
    for (int i = 0; i < Math.min(before.size(), after.size()); i++) {
      Stance.Pending one = before.get(i);
      Stance.Pending other = after.get(i);
      if (one.atPs() == other.atPs()) {
        object(one.receiver() + " has an event ahead at " + Texts.ns(one.atPs()) + " ns, which"
            + " comes nearer");
      }
      if (one.atPs() + periodPs != other.atPs() || !one.receiver().equals(other.receiver())
          || !one.sender().equals(other.sender())) {
        object("what is on its way to " + one.receiver() + " differs");
      }
      Place place = new Place(null, one.receiver());
      add(one.message(), other.message(), new Place(place, "(on its way)"));
    }
    if (before.size() != after.size()) {
      object(before.size() + " messages are on their way, and then " + after.size());
    }
  }

  private void add(Object before, Object after, Place place) {
    toDo.addLast(new Pair(before, after, "", "", place, before == after));
  }

  private void add(
      Pair within, Object before, Object after, String owner, String field, Place place) {
    boolean isSettled = within.isSettled() || before == after && isObject(before);
    toDo.addLast(new Pair(before, after, owner, field, place, isSettled));
  }

  private static boolean isObject(Object object) {
    return object != null && !isValue(object);
  }

  private void compare(Pair pair) {
    Object before = pair.earlier();
    Object after = pair.later();
    if (before == null || after == null || before.getClass() != after.getClass()) {
      if (before != after) {
        differs(pair);
      }
    } else if (before instanceof Long || before instanceof Integer) {
      number(pair, ((Number) before).longValue(), ((Number) after).longValue());
    } else if (isValue(before)) {
      if (!before.equals(after)) {
        differs(pair);
      }
    } else if (!isEngine(before)
        && (before instanceof Record && before != after || isNew(pair))) {
      inside(pair);
    }
  }

  private static boolean isValue(Object object) {
    return object instanceof Number || object instanceof Boolean || object instanceof Character
        || object instanceof CharSequence || object instanceof Enum || object instanceof Class;
  }

  /** What the engine gives a part: it has no say, or is looked at elsewhere. */
  private static boolean isEngine(Object object) {
    return object instanceof Ctx || object instanceof Port || object instanceof Ports
        || object instanceof Dice || isPekko(object.getClass());
  }

  private static boolean isPekko(Class<?> type) {
    return type.getName().startsWith("org.apache.pekko.");
  }

  /** Whether the two have not been met; they stay partners. */
  private boolean isNew(Pair pair) {
    Object known = partners.putIfAbsent(new Self(pair.earlier()), pair.later());
    Object back = backwards.putIfAbsent(new Self(pair.later()), pair.earlier());
    if (known == null && back == null) {
      return true;
    }
    if (known != pair.later() || back != pair.earlier()) {
      differs(pair);
    }
    return false;
  }

  private void number(Pair pair, long before, long after) {
    GrowingNumbers.Use use = GrowingNumbers.use(pair.owner(), pair.field());
    Optional<String> family = GrowingNumbers.family(pair.owner(), pair.field());
    boolean isMoved = after - before == periodPs;
    if (use == GrowingNumbers.Use.TOLD) {
      return;
    }
    if (family.isPresent()) {
      if (!names.correspond(family.get(), pair.place().part(), before, after)) {
        object(pair.place() + " names another: " + before + ", and then " + after);
      }
    } else if (before != after) {
      if (!isMoved || !isTime(pair) || use == GrowingNumbers.Use.SPAN) {
        object(pair.place() + " was " + before + ", and is " + after);
      }
    } else if (before > 0 && isTime(pair) && use != GrowingNumbers.Use.SPAN) {
      stays(pair, before, use);
    }
  }

  /** What a lambda captured has lost its name: a number that is as large as the time may be one. */
  private boolean isTime(Pair pair) {
    return GrowingNumbers.isTime(pair.field()) || isCaptured(pair);
  }

  private static boolean isCaptured(Pair pair) {
    return pair.field().startsWith("arg$") && pair.earlier() instanceof Long;
  }

  private void stays(Pair pair, long atPs, GrowingNumbers.Use use) {
    if (atPs == Long.MAX_VALUE) {
      return;
    }
    if (atPs > later.atPs()) {
      if (!pair.isSettled() || GrowingNumbers.isPoint(pair.field())) {
        object(pair.place() + " stays at " + Texts.ns(atPs) + " ns, which comes nearer");
      }
    } else if (use != GrowingNumbers.Use.AHEAD && !pair.isSettled() && !isCaptured(pair)) {
      object(pair.place() + " stays at " + Texts.ns(atPs) + " ns, which gets older");
    }
  }

  private void inside(Pair pair) {
    Object before = pair.earlier();
    Object after = pair.later();
    if (before.getClass().isArray()) {
      array(pair);
    } else if (before instanceof Map<?, ?> map) {
      each(pair, map.keySet(), ((Map<?, ?>) after).keySet());
      each(pair, map.values(), ((Map<?, ?>) after).values());
    } else if (before instanceof Collection<?> all) {
      each(pair, all, (Collection<?>) after);
    } else if (before instanceof Optional<?> one) {
      add(pair, one.orElse(null), ((Optional<?>) after).orElse(null), pair.owner(),
          pair.field(), pair.place());
    } else if (before instanceof BitSet || before instanceof OptionalLong
        || before instanceof OptionalInt) {
      if (!before.equals(after)) {
        differs(pair);
      }
    } else {
      fields(pair);
    }
  }

  private void array(Pair pair) {
    int length = Array.getLength(pair.earlier());
    if (length != Array.getLength(pair.later())) {
      differs(pair);
      return;
    }
    for (int i = 0; i < length; i++) {
      element(pair, i, Array.get(pair.earlier(), i), Array.get(pair.later(), i));
    }
  }

  private void each(Pair pair, Collection<?> before, Collection<?> after) {
    if (before.size() != after.size()) {
      object(pair.place() + " has " + before.size() + " elements, and then " + after.size());
      return;
    }
    Iterator<?> other = after.iterator();
    int i = 0;
    for (Object one : before) {
      element(pair, i++, one, other.next());
    }
  }

  private void element(Pair pair, int index, Object before, Object after) {
    add(pair, before, after, pair.owner(), pair.field(),
        new Place(pair.place(), Integer.toString(index)));
  }

  private void fields(Pair pair) {
    Class<?> type = pair.earlier().getClass();
    for (Class<?> c = type; c != Object.class && c != null && !isPekko(c);
        c = c.getSuperclass()) {
      String owner = name(c);
      for (Field field : c.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())) {
          field(pair, owner, field);
        }
      }
    }
  }

  private void field(Pair pair, String owner, Field field) {
    try {
      field.setAccessible(true);
      add(pair, field.get(pair.earlier()), field.get(pair.later()), owner, field.getName(),
          new Place(pair.place(), field.getName()));
    } catch (InaccessibleObjectException | IllegalAccessException closed) {
      String part = pair.place().part();
      if (lastEventsPs.getOrDefault(part, Long.MAX_VALUE) > earlier.atPs()) {
        object(pair.place() + " is a " + pair.earlier().getClass().getName()
            + ", which can't be looked into");
      }
    }
  }

  /** A class's own name, or that of the class whose code a lambda is. */
  private static String name(Class<?> type) {
    String name = type.getName();
    int lambda = name.indexOf("$$Lambda");
    String own = lambda < 0 ? name : name.substring(0, lambda);
    return own.substring(own.lastIndexOf('.') + 1);
  }

  private void differs(Pair pair) {
    object(pair.place() + " differs");
  }
}
