package dev.shootdown.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.shootdown.engine.Dice;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {
  /** The format once more, a byte at a time. */
  private static byte[] plainly(long value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long rest = value;
    while (Long.compareUnsigned(rest, 128) >= 0) {
      bytes.write((int) (rest & 127) + 128);
      rest >>>= 7;
    }
    bytes.write((int) rest);
    return bytes.toByteArray();
  }

  private static void checkBothWays(long value, int behind) {
    byte[] expected = plainly(value);
    BytesOut out = new BytesOut();
    out.octet(1);
    out.unsigned(value);
    for (int i = 0; i < behind; i++) {
      out.octet(0xff);
    }
    byte[] written = out.toByteArray();
    assertThat(Arrays.copyOfRange(written, 1, written.length - behind))
        .as("%x", value).isEqualTo(expected);
    BytesIn in = new BytesIn(written);
    in.octet();
    assertThat(in.unsigned()).as("%x, %d bytes behind", value, behind).isEqualTo(value);
    assertThat(in.left()).isEqualTo(behind);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 20})
  void shouldBeWrittenAsSevenBitsAByteWhateverLiesBehind(int behind) {
    Dice dice = Dice.of(7, "numbers");
    checkBothWays(0, behind);
    for (int bits = 1; bits <= Long.SIZE; bits++) {
      long most = -1L >>> Long.SIZE - bits;
      checkBothWays(most, behind);
      checkBothWays(1L << bits - 1, behind);
      for (int i = 0; i < 20; i++) {
        checkBothWays(dice.below(Integer.MAX_VALUE) * 0x9E3779B97F4A7C15L & most, behind);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 8, 9, 10})
  void shouldBeRefusedWhenItIsLongerThanItNeedsToBe(int length) {
    for (int behind : new int[] {0, 9}) {
      byte[] bytes = new byte[length + behind];
      Arrays.fill(bytes, 0, length - 1, (byte) 0x81);
      bytes[length - 1] = 0;
      assertThatExceptionOfType(BadBytes.class)
          .as("%d bytes, %d behind", length, behind)
          .isThrownBy(() -> new BytesIn(bytes).unsigned())
          .withMessageContaining("needless");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 11, 20})
  void shouldBeRefusedWhenItHasMoreThanSixtyFourBits(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 0xff);
    assertThatExceptionOfType(BadBytes.class)
        .isThrownBy(() -> new BytesIn(bytes).unsigned())
        .withMessageContaining("64 bits");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9})
  void shouldBeRefusedWhenItIsCutOff(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 0xff);
    assertThatExceptionOfType(BadBytes.class)
        .isThrownBy(() -> new BytesIn(bytes).unsigned())
        .withMessageContaining("cut off");
  }
}
