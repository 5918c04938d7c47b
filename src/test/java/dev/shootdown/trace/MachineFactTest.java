package dev.shootdown.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A digest that overlooks a component would let two different runs look the same. */
class MachineFactTest {
  @Test
  void shouldHaveAnotherDigestWhenAnyComponentDiffers() throws ReflectiveOperationException {
    for (Class<?> kind : MachineFact.class.getPermittedSubclasses()) {
      RecordComponent[] components = kind.getRecordComponents();
      long digest = fact(kind, -1).digest();
      for (int i = 0; i < components.length; i++) {
        assertThat(fact(kind, i).digest())
            .as("%s.%s", kind.getSimpleName(), components[i].getName()).isNotEqualTo(digest);
      }
    }
  }

  @Test
  void shouldHaveAnotherDigestWhenTheKindDiffers() throws ReflectiveOperationException {
    TreeMap<Long, String> kinds = new TreeMap<>();
    for (Class<?> kind : MachineFact.class.getPermittedSubclasses()) {
      assertThat(kinds.put(fact(kind, -1).digest(), kind.getSimpleName()))
          .as("same as %s", kind.getSimpleName()).isNull();
    }
    assertThat(kinds).hasSizeGreaterThan(20);
  }

  @Test
  void shouldHaveTheSameDigestWhenFactsAreEqual() throws ReflectiveOperationException {
    for (Class<?> kind : MachineFact.class.getPermittedSubclasses()) {
      assertThat(fact(kind, -1)).isEqualTo(fact(kind, -1));
      assertThat(fact(kind, -1).digest()).isEqualTo(fact(kind, -1).digest());
    }
  }

  /** Lists that only shift an element from one to the other are different facts too. */
  @Test
  void shouldHaveAnotherDigestWhenListsShareTheirElementsOtherwise() {
    assertThat(changed(List.of(1L, 2L), List.of(3L)).digest())
        .isNotEqualTo(changed(List.of(1L), List.of(2L, 3L)).digest());
    assertThat(changed(List.of(1L, 2L), List.of(3L)).digest())
        .isNotEqualTo(changed(List.of(2L, 1L), List.of(3L)).digest());
  }

  private static MachineFact changed(List<Long> pages, List<Long> pfns) {
    return new MachineFact.PtesChanged(1, MachineFact.Change.CLEARED, pages, pfns, 0, 1);
  }

  /** A fact of plain values; component number {@code other} has another one. */
  private static MachineFact fact(Class<?> kind, int other)
      throws ReflectiveOperationException {
    RecordComponent[] components = kind.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = value(types[i], i == other);
    }
    return (MachineFact) kind.getDeclaredConstructor(types).newInstance(values);
  }

  private static Object value(Class<?> type, boolean other) {
    if (type == int.class) {
      return other ? 6 : 5;
    } else if (type == long.class) {
      return other ? 6L : 5L;
    } else if (type == boolean.class) {
      return other;
    } else if (type == String.class) {
      return other ? "b" : "a";
    } else if (type == List.class) {
      return other ? List.of(5L, 6L) : List.of(5L);
    } else if (type == PageRange.class) {
      return new PageRange(other ? 6 : 5, 1);
    } else if (type.isEnum()) {
      return type.getEnumConstants()[other ? 1 : 0];
    }
    throw new IllegalStateException("no value of " + type);
  }
}
