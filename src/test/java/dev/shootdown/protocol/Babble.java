package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.fail;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Dice;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Says anything at any time to a part: each message is well-typed and comes over a wire that there
 * is, and that is all. A part may do whatever it likes, but not throw: who breaks a protocol is
 * told so by a fact, and the run goes on to its verdict.
 */
public final class Babble {
  private static final int SEEDS = 24;
  private static final int MESSAGES = 60;
  private static final int SHOWN = 12;
  private static final int TRIES = 1_000;
  private static final long[] TICKETS = {-1, 0, 1, 2, 3, 100, Long.MAX_VALUE, Long.MIN_VALUE};
  private static final long[] PAGES = {0, 1, 7, 8, 10, 100, 0x100, 0x7f00, 1L << 40};

  /** Whose number a sender is given by the wiring, or an address space: there are 0 and 1. */
  private static final Set<String> PARTNERS =
      Set.of("cpu", "device", "iommu", "vcpu", "walker", "member", "domain", "from", "mm", "to");

  /** What says how much is within its bounds; all else is anything. */
  private static final Set<String> SIZES =
      Set.of("count", "sizeBytes", "entries", "records", "instructions");

  /** These name pages one by one: whoever is told of all there are runs out of memory. */
  private static final Set<Class<?>> PAGE_BY_PAGE =
      Set.of(KernelCall.TableVisit.class, KernelCall.TableLock.class);

  private static final Pattern PLACE = Pattern.compile("([pP]age|[pP]fn|[gG]fn)s?$");

  private final Dice dice;

  private Babble(long seed) {
    this.dice = Dice.of(seed, "babble");
  }

  /** Fails, with the seed and the last messages, if a part throws. */
  public static <C> void check(Class<C> command, Supplier<PartHarness<C>> part) {
    for (long seed = 0; seed < SEEDS; seed++) {
      new Babble(seed).check(seed, command, part.get());
    }
  }

  private <C> void check(long seed, Class<C> command, PartHarness<C> part) {
    List<Class<?>> kinds = new ArrayList<>();
    for (Class<?> kind : leaves(command)) {
      if (Modifier.isPublic(kind.getModifiers())) {
        kinds.add(kind);
      }
    }
    List<Object> said = new ArrayList<>();
    try {
      for (int i = 0; i < MESSAGES; i++) {
        if (dice.below(3) == 0) {
          part.runUntil(part.nowPs() + dice.below(20_000_000));
        }
        Object message = record(kinds.get(dice.below(kinds.size())));
        said.add(message);
        part.tell(command.cast(message));
      }
    } catch (RuntimeException thrown) {
      int last = said.size();
      fail("seed " + seed + ": " + said.subList(Math.max(0, last - SHOWN), last), thrown);
    }
  }

  private static List<Class<?>> leaves(Class<?> type) {
    if (!type.isSealed()) {
      return List.of(type);
    }
    List<Class<?>> leaves = new ArrayList<>();
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      leaves.addAll(leaves(permitted));
    }
    return leaves;
  }

  private Object of(Type type, String name) {
    if (type instanceof ParameterizedType generic) {
      Type element = generic.getActualTypeArguments()[0];
      if (generic.getRawType() == Optional.class) {
        return dice.below(2) == 0 ? Optional.empty() : Optional.of(of(element, name));
      }
      List<Object> list = new ArrayList<>();
      for (int left = dice.below(4); left > 0; left--) {
        list.add(of(element, name));
      }
      return list;
    }
    Class<?> plain = (Class<?>) type;
    if (plain == int.class || plain == Integer.class) {
      return small(name);
    } else if (plain == long.class || plain == Long.class) {
      return number(name);
    } else if (plain == boolean.class) {
      return dice.below(2) == 0;
    } else if (plain.isEnum()) {
      return plain.getEnumConstants()[dice.below(plain.getEnumConstants().length)];
    } else if (plain == String.class) {
      return "name";
    } else if (plain == PageRange.class) {
      return range();
    } else if (plain == ViommuNotifier.Span.class) {
      return span();
    } else if (plain.isSealed()) {
      List<Class<?>> kinds = leaves(plain);
      return record(kinds.get(dice.below(kinds.size())));
    }
    return record(plain);
  }

  private int small(String name) {
    if (name.equals("order")) {
      return 9 * dice.below(2);
    } else if (SIZES.contains(name)) {
      return 1 + dice.below(8);
    }
    return PARTNERS.contains(name) ? dice.below(2) : dice.below(8) - 1;
  }

  private ViommuNotifier.Span span() {
    PageRange range = range();
    return range.isAll() || range.pages() == 0
        ? ViommuNotifier.Span.ALL
        : new ViommuNotifier.Span(range.firstPage() << 12, (range.endPage() << 12) - 1);
  }

  private PageRange range() {
    return dice.below(8) == 0
        ? PageRange.ALL : new PageRange(PAGES[dice.below(PAGES.length)], dice.below(9));
  }

  private long number(String name) {
    if (name.endsWith("Ps")) {
      return dice.below(1_000_000);
    }
    if (SIZES.contains(name)) {
      return 1 + dice.below(8);
    }
    boolean place = PLACE.matcher(name).find();
    long[] from = place ? PAGES : TICKETS;
    return dice.below(4) == 0 ? dice.below(16) : from[dice.below(from.length)];
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
        values[i] = of(components[i].getGenericType(), components[i].getName());
        if (PAGE_BY_PAGE.contains(type) && values[i] instanceof PageRange range && range.isAll()) {
          values[i] = PageRange.of(7);
        }
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
