package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntriesTest {
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void shouldDoAsASortedTableDoesWhenUsedAtRandom(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Entries entries = new Entries();
    TreeMap<Long, Holding> expected = new TreeMap<>();
    for (int step = 0; step < 10_000; step++) {
      long page = random.nextLong(200);
      long end = page + random.nextLong(20);
      List<Holding> found = new ArrayList<>();
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          Holding holding = holding(page, step);
          assertThat(entries.put(holding)).isSameAs(expected.put(page, holding));
        }
        case 2 -> {
          entries.drop(page, end, found::add);
          assertThat(found).containsExactlyElementsOf(expected.subMap(page, end).values());
          expected.subMap(page, end).clear();
        }
        default -> {
          entries.addTo(found, page, end);
          assertThat(found).containsExactlyElementsOf(expected.subMap(page, end).values());
          assertThat(entries.get(page)).isSameAs(expected.get(page));
        }
      }
      assertThat(entries.isEmpty()).isEqualTo(expected.isEmpty());
    }
  }

  private static Holding holding(long page, long atPs) {
    return new Holding(
        new Agent("cpu0"), new MachineFact.Filled(0, page, page, true, atPs, 0), atPs);
  }
}
