package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstantFactsTest {
  private record Number(long value) implements Fact {
    @Override
    public long digest() {
      return value;
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldShowTheSameOrderAsALogWhenFactsComeAtRandom(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    InstantFacts instant = new InstantFacts();
    for (int round = 0; round < 200; round++) {
      FactLog log = new FactLog();
      int count = random.nextInt(round % 10 == 0 ? 300 : 4);
      for (int i = 0; i < count; i++) {
        int depth = random.nextInt(3);
        int orderId = random.nextInt(5);
        Fact fact = new Number(random.nextLong());
        instant.add(depth, orderId, "part" + orderId, i, fact);
        log.add(new FactLog.Entry(7, depth, orderId, "part" + orderId, i, fact));
      }
      List<String> expected = new ArrayList<>();
      List<String> shown = new ArrayList<>();
      ArrayDeque<FactLog.Entry> inOrder = new ArrayDeque<>();
      log.moveInOrder(inOrder);
      inOrder.forEach(e -> expected.add(e.timePs() + e.component() + e.fact()));
      instant.drainTo(7, (atPs, component, fact) -> shown.add(atPs + component + fact));

      assertThat(shown).isEqualTo(expected);
      assertThat(instant.isEmpty()).isTrue();
    }
  }
}
