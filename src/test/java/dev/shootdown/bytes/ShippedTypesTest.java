package dev.shootdown.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.cluster.Vocabulary;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedTypesTest {
  private static final int VALUES_EACH = 200;

  static Stream<Class<?>> leaves() {
    List<Class<?>> roots = new ArrayList<>(Vocabulary.PROTOCOLS);
    roots.add(MachineFact.class);
    Set<Class<?>> leaves = new TreeSet<>((a, b) -> a.getName().compareTo(b.getName()));
    roots.forEach(root -> collect(root, leaves));
    return leaves.stream();
  }

  private static void collect(Class<?> type, Set<Class<?>> leaves) {
    if (!type.isSealed()) {
      leaves.add(type);
      return;
    }
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      collect(permitted, leaves);
    }
  }

  @ParameterizedTest
  @MethodSource("leaves")
  void shouldGiveBackAnEqualMessageWhenItIsRandom(Class<?> type) {
    Codec<Object> codec = codecOf(type);
    RandomValues random = new RandomValues(type.getName().length());
    for (int i = 0; i < VALUES_EACH; i++) {
      Object value = random.of(type);
      byte[] bytes = codec.bytes(value);

      assertThat(codec.value(bytes)).isEqualTo(value);
      assertThat(codec.bytes(codec.value(bytes))).isEqualTo(bytes);
    }
  }

  private static Codec<Object> codecOf(Class<?> type) {
    boolean isFact = MachineFact.class.isAssignableFrom(type);
    return Codec.ofAny(isFact ? List.of(MachineFact.class) : Vocabulary.PROTOCOLS);
  }
}
