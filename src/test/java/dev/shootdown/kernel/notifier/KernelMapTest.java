package dev.shootdown.kernel.notifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelMapTest {
  @Test
  void shouldGiveEachDomainANumberOfItsOwnWhenThereAreSeveral() {
    for (int spaces = 1; spaces < 4; spaces++) {
      for (int files = 0; files < 3; files++) {
        KernelMap map = new KernelMap(spaces, files);
        assertThat(numbers(map)).doesNotHaveDuplicates().hasSize(map.size())
            .allMatch(number -> number >= 0 && number < map.size());
      }
    }
  }

  private static List<Integer> numbers(KernelMap map) {
    List<Integer> numbers = new ArrayList<>();
    for (int mm = 0; mm < map.spaces(); mm++) {
      numbers.add(map.addressSpace(mm));
      numbers.add(map.table(mm));
    }
    numbers.add(map.frames());
    for (int file = 0; file < map.files(); file++) {
      numbers.add(map.file(file));
    }
    for (int index = 0; index < map.anonMapCount(); index++) {
      numbers.add(map.anonMap(index));
    }
    for (int index = 0; index < map.subscriberCount(); index++) {
      numbers.add(map.subscriber(index));
    }
    if (map.meets()) {
      numbers.add(map.rendezvous());
    }
    return numbers;
  }

  @Test
  void shouldPutWhatIsAddedBehindTheRest() {
    KernelMap plain = new KernelMap(3, 2);
    KernelMap rich = new KernelMap(
        3, 2, List.of(0, 0, 1), List.of(List.of(2, 0), List.of(), List.of(1)), true);

    assertThat(numbers(rich)).startsWith(numbers(plain).toArray(new Integer[0]))
        .doesNotHaveDuplicates().hasSize(rich.size());
    assertThat(rich.anonMapOf(1)).isEqualTo(rich.anonMapOf(0));
    assertThat(rich.anonMapOf(2)).isEqualTo(rich.anonMap(1));
    assertThat(rich.subscribersOf(0))
        .containsExactly(rich.subscriber(2), rich.subscriber(0));
    assertThat(rich.subscribersOf(1)).isEmpty();
    assertThat(plain.subscribersOf(2)).isEmpty();
    assertThat(plain.hasAnonMaps()).isFalse();
  }

  @Test
  void shouldRefuseListsThatMissAnAddressSpace() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KernelMap(2, 0, List.of(0), List.of(), false))
        .withMessageContaining("1 anonymous reverse maps for 2 address spaces");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KernelMap(2, 0, List.of(), List.of(List.of()), false))
        .withMessageContaining("1 lists of subscribers");
  }
}
