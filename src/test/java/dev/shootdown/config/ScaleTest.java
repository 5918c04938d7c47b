package dev.shootdown.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScaleTest {
  @ParameterizedTest
  @CsvSource({
    "120ns, 120000", "1.5us, 1500000", "2ms, 2000000000", "1s, 1000000000000", "350ps, 350",
    "0ns, 0", "0.001ns, 1", ".5ns, 500", "120 ns, 120000", "-0ns, 0", "+3ps, 3",
    "9223372.036854775807s, 9223372036854775807"
  })
  void shouldReadPicosecondsWhenTimeHasUnit(String text, long expectedPs) throws Refusal {
    assertThat(Scale.TIME.read(text)).isEqualTo(expectedPs);
  }

  @ParameterizedTest
  @CsvSource({
    "4KiB, 4096", "2MiB, 2097152", "64B, 64", "1GiB, 1073741824", "1TiB, 1099511627776",
    "4kB, 4000", "1MB, 1000000", "1GB, 1000000000", "1TB, 1000000000000", "1.5KiB, 1536", "0B, 0"
  })
  void shouldReadBytesWhenSizeHasUnit(String text, long expectedBytes) throws Refusal {
    assertThat(Scale.BYTES.read(text)).isEqualTo(expectedBytes);
  }

  @ParameterizedTest
  @CsvSource({"16GB/s, 16000000000", "31.5GB/s, 31500000000", "4GiB/s, 4294967296", "1B/s, 1"})
  void shouldReadBytesPerSecondWhenBandwidthHasUnit(String text, long expected) throws Refusal {
    assertThat(Scale.BANDWIDTH.read(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "TIME | 120 | 120 has no unit; write 120ns",
    "TIME | 0 | 0 has no unit; write 0ns",
    "BYTES | 4096 | 4096 has no unit; write 4096B",
    "BANDWIDTH | 16 | 16 has no unit; write 16GB/s",
    "TIME | -5ns | must not be negative, but is -5ns",
    "TIME | 5sec | 'sec' is not a unit of time; units are s, ms, us, ns, ps",
    "BYTES | 4K | 'K' is not a unit of size; units are TiB, TB, GiB, GB, MiB, MB, KiB, kB, B",
    "BANDWIDTH | 16GB | 'GB' is not a unit of bandwidth; units are TiB/s, TB/s, GiB/s, GB/s, "
        + "MiB/s, MB/s, KiB/s, kB/s, B/s",
    "TIME | 0.5ps | 0.5ps is not a whole number of picoseconds",
    "BYTES | 1.0001KiB | 1.0001KiB is not a whole number of bytes",
    "TIME | 9223373s | 9223373s is too large; the largest time is 9223372s",
    "BYTES | 8388608TiB | 8388608TiB is too large; the largest size is 8388607TiB",
    "TIME | soon | 'soon' is not a time; write a number and a unit, such as 120ns",
    "BYTES | KiB | 'KiB' is not a size; write a number and a unit, such as 4KiB",
    "TIME | 1e3ns | '1e3ns' has an exponent; write the number out and a unit, such as 120ns",
    "BYTES | 5EB | 'EB' is not a unit of size; units are TiB, TB, GiB, GB, MiB, MB, KiB, kB, B",
  })
  void shouldSayWhatWouldBeRightWhenTextIsWrong(Scale scale, String text, String message) {
    assertThatThrownBy(() -> scale.read(text)).isInstanceOf(Refusal.class).hasMessage(message);
  }

  @Test
  void shouldRefuseQuicklyWhenNumberIsEndless() {
    assertThatThrownBy(() -> Scale.TIME.read("1".repeat(1_000_000) + "ns"))
        .isInstanceOf(Refusal.class)
        .hasMessage("'" + "1".repeat(40) + "...' is not a time; write a number and a unit,"
            + " such as 120ns");
  }

  @ParameterizedTest
  @CsvSource({
    "TIME, 120000, 120ns", "TIME, 1500000, 1500ns", "TIME, 1000000000, 1ms", "TIME, 7, 7ps",
    "BYTES, 4096, 4KiB", "BYTES, 1000, 1kB", "BYTES, 65, 65B", "BANDWIDTH, 31500000000, 31500MB/s",
    "TIME, 0, 0ns"
  })
  void shouldShowTheShortestExactTextWhenAmountIsGiven(Scale scale, long amount, String text) {
    assertThat(scale.show(amount)).isEqualTo(text);
  }

  @ParameterizedTest
  @EnumSource(Scale.class)
  void shouldReadBackWhatItShowsWhenAmountIsAnything(Scale scale) throws Refusal {
    for (long amount : new long[] {1, 2, 999, 1000, 1024, 4097, 1L << 62, Long.MAX_VALUE}) {
      assertThat(scale.read(scale.show(amount))).isEqualTo(amount);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u001b[31m5ns", "5ns\u0007"})
  void shouldNotRepeatControlCharactersWhenTextIsRefused(String text) {
    assertThatThrownBy(() -> Scale.TIME.read(text)).isInstanceOf(Refusal.class)
        .message().doesNotContainPattern("\\p{Cntrl}");
  }
}
