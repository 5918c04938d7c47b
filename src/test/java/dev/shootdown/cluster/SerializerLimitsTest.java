package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.NotSerializableException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes off the wire is believed only within limits. */
class SerializerLimitsTest {
  private static final int SEED = 20_230_614;
  private static final int TRIES = 20_000;
  private static final int LONGEST = 300;

  private final ClusterSerializer serializer = new ClusterSerializer();

  private void refused(byte[] bytes, String manifest) {
    assertThatExceptionOfType(NotSerializableException.class)
        .isThrownBy(() -> serializer.fromBinary(bytes, manifest));
  }

  @ParameterizedTest
  @CsvSource({"5, 5, 10", "0, 0, 10", "4096, 4097, 1", "0, 4097, 1", "0, 1, 262145"})
  void shouldRefuseAPieceWhenItCannotBe(int piece, int pieces, int size) throws Exception {
    Frame good = new Frame(1, 2, 3, 4095, 4096, new byte[Frame.PIECE_BYTES]);
    Frame bad = new Frame(1, 2, 3, piece, pieces, new byte[size]);

    assertThat(serializer.fromBinary(serializer.toBinary(good), serializer.manifest(good)))
        .isInstanceOf(Frame.class);
    refused(serializer.toBinary(bad), serializer.manifest(bad));
  }

  /** A length that isn't there must not be made room for. */
  @Test
  void shouldRefuseALengthWhenTheBytesAreMissing() {
    Frame frame = new Frame(1, 2, 3, 0, 1, new byte[1000]);
    byte[] whole = serializer.toBinary(frame);
    for (int size = 0; size < whole.length; size++) {
      refused(Arrays.copyOf(whole, size), serializer.manifest(frame));
    }
    refused(Arrays.copyOf(whole, whole.length + 1), serializer.manifest(frame));
    refused(whole, "no such manifest");
  }

  @Test
  void shouldThrowNothingElseWhenBytesAreNoise() throws Exception {
    Random draws = new Random(SEED);
    List<String> manifests =
        List.of(
            serializer.manifest(new Speech.Bye()),
            serializer.manifest(new Frame(1, 1, 1, 0, 1, new byte[0])), "p", "a");
    int understood = 0;
    for (int i = 0; i < TRIES; i++) {
      byte[] noise = new byte[draws.nextInt(LONGEST)];
      draws.nextBytes(noise);
      try {
        serializer.fromBinary(noise, manifests.get(i % manifests.size()));
        understood++;
      } catch (NotSerializableException refused) {
        assertThat(refused).as("seed %d, try %d", SEED, i).hasMessageNotContaining("OutOfMemory");
      }
    }
    assertThat(understood).as("seed %d", SEED).isLessThan(TRIES / 2);
  }
}
