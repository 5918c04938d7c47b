package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;

/**
 * Finds commands that a part forgot in its message table, which the compiler can't: each permitted
 * command is built with plain values and handed to a fresh part. After that it is told anything at
 * all, see {@link Babble}.
 */
public final class CommandAudit {
  private CommandAudit() {}

  /**
   * Fails, with their names, if any of {@code command}'s kinds comes back unhandled, and if what
   * is out of protocol makes the part throw.
   */
  public static <C> void check(Class<C> command, Supplier<PartHarness<C>> part) {
    assertThat(leaves(command)).isNotEmpty();
    assertThat(unhandled(command, part)).isEmpty();
    Babble.check(command, part);
  }

  static <C> List<String> unhandled(Class<C> command, Supplier<PartHarness<C>> part) {
    List<String> unhandled = new ArrayList<>();
    for (Class<?> leaf : leaves(command)) {
      PartHarness<C> fresh = part.get();
      if (comesBack(fresh, command.cast(sample(leaf)))) {
        unhandled.add(leaf.getSimpleName());
      }
    }
    return unhandled;
  }

  private static <C> boolean comesBack(PartHarness<C> part, C command) {
    try {
      part.tell(command);
    } catch (RuntimeException reachedItsHandler) {
      return false; // a command out of the blue may well make no sense to a fresh part
    }
    return Behavior.isUnhandled(part.kit().returnedBehavior());
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

  private static Object sample(Class<?> type) {
    if (type == int.class) {
      return 0;
    }
    if (type == long.class) {
      return 0L;
    }
    if (type == boolean.class) {
      return false;
    }
    if (type == List.class) {
      return List.of();
    }
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    return type.isRecord() ? record(type) : sample(leaves(type).get(0));
  }

  private static Object record(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = sample(types[i]);
    }
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException refused) {
      throw new IllegalStateException(type + " refuses plain values", refused.getCause());
    } catch (ReflectiveOperationException unusable) {
      throw new IllegalStateException(type + " can't be built", unusable);
    }
  }
}
