package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class DiceTest {
  private static final int DRAWS = 200_000;

  /** JDK 17 sign-extends the bytes of a seed, so only bytes below 128 mean the same everywhere. */
  private static final long SEVEN_BITS_PER_BYTE = 0x7f7f7f7f7f7f7f7fL;

  @Test
  void shouldAgreeWithTheJdkWhenBothStartFromTheSameState() {
    for (int seed = 0; seed < 20; seed++) {
      long[] state = Dice.of(seed, "part-" + seed).state();
      for (int word = 0; word < state.length; word++) {
        state[word] &= SEVEN_BITS_PER_BYTE;
      }
      Dice dice = new Dice(state[0], state[1], state[2], state[3]);
      RandomGenerator jdk = jdk(state[0], state[1], state[2], state[3]);
      for (int i = 0; i < 1_000; i++) {
        assertThat(dice.nextLong()).as("seed %d, draw %d", seed, i).isEqualTo(jdk.nextLong());
      }
    }
  }

  @Test
  void shouldAgreeWithTheJdkWhenTheAdditiveIsEven() {
    RandomGenerator jdk = jdk(42, 7, 1, 0);
    Dice dice = new Dice(42, 7, 1, 0);

    for (int i = 0; i < 1_000; i++) {
      assertThat(dice.nextLong()).isEqualTo(jdk.nextLong());
    }
  }

  private static RandomGenerator jdk(long additive, long lcg, long x0, long x1) {
    byte[] state =
        ByteBuffer.allocate(32).putLong(additive).putLong(lcg).putLong(x0).putLong(x1).array();
    return RandomGeneratorFactory.of("L64X128MixRandom").create(state);
  }

  @Test
  void shouldContinueTheSameStreamWhenRebuiltFromItsState() {
    Dice dice = Dice.of(1, "cpu-0");
    dice.nextLong();
    long[] state = dice.state();
    Dice restored = new Dice(state[0], state[1], state[2], state[3]);

    for (int i = 0; i < 100; i++) {
      assertThat(restored.nextLong()).isEqualTo(dice.nextLong());
    }
  }

  @Test
  void shouldStillMoveWhenTheXorPartStartsAtZero() {
    Dice dice = new Dice(1, 0, 0, 0);

    assertThat(dice.state()[2] | dice.state()[3]).isNotZero();
  }

  @Test
  void shouldDifferWhenSeedOrNameDiffers() {
    long first = Dice.of(1, "cpu-0").nextLong();

    assertThat(Dice.of(1, "cpu-0").nextLong()).isEqualTo(first);
    assertThat(Dice.of(2, "cpu-0").nextLong()).isNotEqualTo(first);
    assertThat(Dice.of(1, "cpu-1").nextLong()).isNotEqualTo(first);
  }

  @Test
  void shouldFillTheRangeEvenlyWhenDrawingBelowAnInt() {
    Dice dice = Dice.of(3, "below");
    int[] counts = new int[7];
    for (int i = 0; i < DRAWS; i++) {
      counts[dice.below(7)]++;
    }

    // Six standard deviations of a binomial with p = 1/7 are below 1,000.
    for (int count : counts) {
      assertThat(count).isCloseTo(DRAWS / 7, within(1_000));
    }
  }

  @Test
  void shouldStayInRangeWhenDrawingBelowALong() {
    Dice dice = Dice.of(4, "below");
    double sum = 0;
    for (int i = 0; i < DRAWS; i++) {
      long draw = dice.below(1_000_000_000_000L);
      assertThat(draw).isBetween(0L, 999_999_999_999L);
      sum += draw;
    }

    assertThat(sum / DRAWS).isCloseTo(5e11, within(5e9));
    assertThat(dice.below(1L)).isZero();
    assertThat(dice.below(Long.MAX_VALUE)).isNotNegative();
  }

  @Test
  void shouldReachBothEndsWhenTheIntBoundIsExtreme() {
    Dice dice = Dice.of(5, "below");
    boolean high = false;
    for (int i = 0; i < 100; i++) {
      assertThat(dice.below(1)).isZero();
      int draw = dice.below(Integer.MAX_VALUE);
      assertThat(draw).isBetween(0, Integer.MAX_VALUE - 1);
      high |= draw > Integer.MAX_VALUE / 2;
    }

    assertThat(high).isTrue();
  }

  @Test
  void shouldRefuseABoundBelowOne() {
    Dice dice = Dice.of(1, "refusal");

    assertThatIllegalArgumentException().isThrownBy(() -> dice.below(0)).withMessageContaining("0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> dice.below(-1L))
        .withMessageContaining("-1");
  }

  @Test
  void shouldStayBelowOneAndAverageAHalfWhenDrawingAUnit() {
    Dice dice = Dice.of(6, "unit");
    double sum = 0;
    for (int i = 0; i < DRAWS; i++) {
      double draw = dice.unit();
      assertThat(draw).isGreaterThanOrEqualTo(0).isLessThan(1);
      sum += draw;
    }

    assertThat(sum / DRAWS).isCloseTo(0.5, within(0.004));
  }

  @Test
  void shouldHitAboutAsOftenAsAskedWhenTakingAChance() {
    Dice dice = Dice.of(7, "chance");
    int hits = 0;
    for (int i = 0; i < DRAWS; i++) {
      hits += dice.chance(0.25) ? 1 : 0;
      assertThat(dice.chance(0)).isFalse();
      assertThat(dice.chance(1)).isTrue();
    }

    assertThat(hits).isCloseTo(DRAWS / 4, within(1_200));
  }

  @Test
  void shouldHaveMeanAndSpreadOfAnExponentialWhenDrawingOne() {
    Dice dice = Dice.of(8, "exponential");
    double sum = 0;
    double squares = 0;
    int beyondThree = 0;
    for (int i = 0; i < DRAWS; i++) {
      double draw = dice.exponential();
      assertThat(draw).isBetween(0.0, 64 * Ln.LN2);
      sum += draw;
      squares += draw * draw;
      beyondThree += draw > 3 ? 1 : 0;
    }

    assertThat(sum / DRAWS).isCloseTo(1, within(0.015));
    assertThat(squares / DRAWS).isCloseTo(2, within(0.07));
    assertThat(beyondThree / (double) DRAWS).isCloseTo(StrictMath.exp(-3), within(0.003));
  }

  @Test
  void shouldRoundDownToPicosecondsWhenDrawingAnExponentialTime() {
    Dice times = Dice.of(9, "exponential");
    Dice numbers = Dice.of(9, "exponential");

    for (int i = 0; i < 1_000; i++) {
      assertThat(times.exponentialPs(120_000)).isEqualTo((long) (120_000 * numbers.exponential()));
    }
    assertThat(times.exponentialPs(0)).isZero();
  }
}
