package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceMapTest {
  private record Key(int space, long number) {}

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void shouldDoAsAnOrderedTableDoesWhenUsedAtRandom(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    PlaceMap<Integer> map = new PlaceMap<>();
    Map<Key, Integer> expected = new LinkedHashMap<>();
    for (int step = 0; step < 20_000; step++) {
      Key key = new Key(random.nextInt(3), random.nextLong(step < 10_000 ? 300 : 5));
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> assertThat(map.put(key.space(), key.number(), step))
            .isEqualTo(expected.put(key, step));
        case 3, 4, 5 -> assertThat(map.remove(key.space(), key.number()))
            .isEqualTo(expected.remove(key));
        case 6 -> {
          if (!expected.isEmpty()) {
            expected.remove(expected.keySet().iterator().next());
            map.removeFirst();
          }
        }
        default -> assertThat(map.get(key.space(), key.number())).isEqualTo(expected.get(key));
      }
      assertThat(map.size()).isEqualTo(expected.size());
    }
    List<Integer> visited = new ArrayList<>();
    map.forEach(visited::add);
    assertThat(visited).containsExactlyElementsOf(expected.values());
  }

  @Test
  void shouldTellSpacesApartWhenTheirNumbersAreEqual() {
    PlaceMap<String> map = new PlaceMap<>();
    map.put(1, 7, "one");
    map.put(2, 7, "two");

    assertThat(map.get(1, 7)).isEqualTo("one");
    assertThat(map.get(2, 7)).isEqualTo("two");
    assertThat(map.get(7)).isNull();
  }

  @Test
  void shouldForgetInTheOrderOfArrivalWhenManyCameAndWent() {
    PlaceMap<Long> map = new PlaceMap<>();
    for (long number = 0; number < 100_000; number++) {
      map.put(number, number);
      if (map.size() > 1_000) {
        map.removeFirst();
      }
    }

    assertThat(map.size()).isEqualTo(1_000);
    assertThat(map.get(98_999)).isNull();
    assertThat(map.get(99_000)).isEqualTo(99_000L);
  }
}
