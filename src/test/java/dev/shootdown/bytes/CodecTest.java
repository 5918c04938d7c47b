package dev.shootdown.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.shootdown.engine.Dice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {
  /** A user's own hierarchy. */
  sealed interface Said {
    /** Nothing in it. */
    record Zip() implements Said {}

    /** All kinds in it. */
    record Many(int i, long l, boolean b, String text, Mood mood, List<Long> numbers,
        Optional<Zip> zip) implements Said {}

    /** Holds its own kind. */
    record Wrapped(Said inner) implements Said {}

    /** Not everything is welcome. */
    record Even(int value) implements Said {
      public Even {
        if (value % 2 != 0) {
          throw new IllegalArgumentException("odd");
        }
      }
    }
  }

  enum Mood {
    GOOD {
      @Override
      public String toString() {
        return "good";
      }
    },
    BAD
  }

  private static final Codec<Said> CODEC = Codec.of(Said.class);

  private static Said nested(int deep) {
    Said value = new Said.Zip();
    for (int i = 0; i < deep; i++) {
      value = new Said.Wrapped(value);
    }
    return value;
  }

  @Test
  void shouldGiveBackAnEqualValueWhenValuesAreRandom() {
    RandomValues random = new RandomValues(1);
    for (int i = 0; i < 2_000; i++) {
      Said value = (Said) random.of(Said.class);
      byte[] bytes = CODEC.bytes(value);

      assertThat(CODEC.value(bytes)).isEqualTo(value);
      assertThat(CODEC.bytes(CODEC.value(bytes))).isEqualTo(bytes);
    }
  }

  @Test
  void shouldBeShortWhenNumbersAreSmall() {
    assertThat(CODEC.bytes(new Said.Zip())).hasSize(1);
    assertThat(CODEC.bytes(new Said.Even(64))).hasSize(3);
    assertThat(CODEC.bytes(new Said.Even(62))).hasSize(2);
    assertThat(Codec.of(Said.Zip.class).bytes(new Said.Zip())).hasSize(1);
  }

  @Test
  void shouldThrowBadBytesAndNothingElseWhenBytesAreBroken() {
    RandomValues random = new RandomValues(2);
    Dice dice = Dice.of(3, "breaks");
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = CODEC.bytes((Said) random.of(Said.class));
      byte[] broken = Arrays.copyOf(bytes, dice.below(bytes.length + 3));
      for (int flips = dice.below(3); flips > 0 && broken.length > 0; flips--) {
        broken[dice.below(broken.length)] = (byte) dice.nextLong();
      }
      try {
        // What is accepted is the one way to write it.
        assertThat(CODEC.bytes(CODEC.value(broken))).isEqualTo(broken);
      } catch (BadBytes expected) {
        refused++;
      }
    }
    assertThat(refused).isBetween(5_000, 19_999);
  }

  @Test
  void shouldRefuseWhenValuesAreNestedTooDeep() {
    Said deepest = nested(Shape.NESTING_MAX);
    byte[] bytes = CODEC.bytes(deepest);
    byte[] deeper = new byte[bytes.length + 10];
    Arrays.fill(deeper, bytes[0]);
    System.arraycopy(bytes, 0, deeper, 10, bytes.length);

    assertThat(CODEC.value(bytes)).isEqualTo(deepest);
    assertThatIllegalArgumentException().isThrownBy(() -> CODEC.bytes(nested(200)));
    assertThatExceptionOfType(BadBytes.class).isThrownBy(() -> CODEC.value(deeper))
        .withMessageContaining("deeper");
  }

  @Test
  void shouldRefuseACountThatNoBytesStandBehindWhenItIsRead() {
    BytesOut out = new BytesOut();
    out.unsigned(1L << 30);

    assertThatExceptionOfType(BadBytes.class)
        .isThrownBy(() -> new BytesIn(out.toByteArray()).count());
  }

  @Test
  void shouldSayWhichComponentWhenItIsNullOrHasNoBytes() {
    record Holed(String name) {}
    record Odd(double share) {}
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.of(Holed.class).bytes(new Holed(null)))
        .withMessageContaining("Holed.name is null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.of(Odd.class))
        .withMessageContaining("Odd.share").withMessageContaining("double");
  }

  @Test
  void shouldNumberAllRootsTogetherWhenThereAreSeveral() {
    record Alone(long value) {}
    Codec<Object> any = Codec.ofAny(List.of(Said.class, Alone.class));

    assertThat(any.value(any.bytes(new Alone(7)))).isEqualTo(new Alone(7));
    assertThat(any.value(any.bytes(new Said.Zip()))).isEqualTo(new Said.Zip());
    assertThatIllegalArgumentException().isThrownBy(() -> any.bytes("text"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 127, 128, 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE})
  void shouldGiveBackANumberWhenItIsWrittenEitherWay(long value) {
    BytesOut out = new BytesOut();
    out.unsigned(value);
    out.signed(value);
    BytesIn in = new BytesIn(out.toByteArray());

    assertThat(in.unsigned()).isEqualTo(value);
    assertThat(in.signed()).isEqualTo(value);
    in.finish();
  }

  @Test
  void shouldRefuseTextWithHalfASurrogateWhenItIsWritten() {
    assertThatIllegalArgumentException().isThrownBy(() -> new BytesOut().text("\ud800"));
  }

  @Test
  void shouldShareOneCodecWhenATypeIsAskedForTwice() {
    List<Codec<?>> codecs = new ArrayList<>(List.of(Codec.of(Said.class), Codec.of(Said.class)));

    assertThat(codecs.get(0)).isSameAs(codecs.get(1));
  }
}
