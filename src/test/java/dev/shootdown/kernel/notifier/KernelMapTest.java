package dev.shootdown.kernel.notifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelMapTest {
  @Test
  void shouldGiveEachDomainANumberOfItsOwnWhenThereAreSeveral() {
    for (int spaces = 1; spaces < 4; spaces++) {
      for (int files = 0; files < 3; files++) {
        KernelMap map = new KernelMap(spaces, files);
        List<Integer> numbers = new ArrayList<>();
        for (int mm = 0; mm < spaces; mm++) {
          numbers.add(map.addressSpace(mm));
          numbers.add(map.table(mm));
        }
        numbers.add(map.frames());
        for (int file = 0; file < files; file++) {
          numbers.add(map.file(file));
        }
        assertThat(numbers).doesNotHaveDuplicates().hasSize(map.size())
            .allMatch(number -> number >= 0 && number < map.size());
      }
    }
  }
}
