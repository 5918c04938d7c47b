package dev.shootdown.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  enum Flush { NONE, LOCAL_FLUSH, WHOLE_PASID }

  @Test
  void shouldReadEveryKindWhenValuesAreGood() {
    Settings settings = Read.settings("time = 1.5us", "size = 4KiB", "link = \"31.5GB/s\"",
        "ways = 8", "seed = 9223372036854775807", "base = 0x7f0000000000", "low = 4096",
        "hit = 0.25", "on = true", "kernel = 6.10", "flush = local-flush", "names = [a, 7, true]");

    assertThat(settings.timePs("time")).isEqualTo(1_500_000);
    assertThat(settings.bytes("size")).isEqualTo(4096);
    assertThat(settings.bytesPerSecond("link")).isEqualTo(31_500_000_000L);
    assertThat(settings.count("ways", 1, 16)).isEqualTo(8);
    assertThat(settings.wholeNumber("seed", 0, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    assertThat(settings.address("base")).isEqualTo(0x7f0000000000L);
    assertThat(settings.address("low")).isEqualTo(4096);
    assertThat(settings.ratio("hit")).isEqualTo(0.25);
    assertThat(settings.flag("on")).isTrue();
    assertThat(settings.text("kernel")).isEqualTo("6.10");
    assertThat(settings.choice("flush", Flush.class)).isEqualTo(Flush.LOCAL_FLUSH);
    assertThat(settings.texts("names")).containsExactly("a", "7", "true");
    settings.finish();
    assertThat(Read.lines(settings)).isEmpty();
  }

  @Test
  void shouldReadNumbersWhenTheyAreQuoted() {
    Settings settings = Read.settings("ways = \"8\"", "hit = \"1e-3\"", "on = \"false\"");

    assertThat(settings.count("ways", 1, 16)).isEqualTo(8);
    assertThat(settings.ratio("hit")).isEqualTo(0.001);
    assertThat(settings.flag("on")).isFalse();
    assertThat(Read.lines(settings)).isEmpty();
  }

  @Test
  void shouldReportAllErrorsAtOnceWhenSeveralValuesAreBad() {
    Settings settings = Read.settings("", "time = 120", "size = 4Kb", "", "ways = 99",
        "flush = lokal-flush", "on = yes", "tiem = 3ns");

    settings.timePs("time");
    settings.bytes("size");
    settings.count("ways", 1, 16);
    settings.choice("flush", Flush.class);
    settings.flag("on");
    settings.text("absent");
    settings.finish();

    assertThat(Read.lines(settings)).containsExactly(
        "x.conf:1: absent: missing; expected a text",
        "x.conf:2: time: 120 has no unit; write 120ns",
        "x.conf:3: size: 'Kb' is not a unit of size; units are TiB, TB, GiB, GB, MiB, MB, KiB,"
            + " kB, B",
        "x.conf:5: ways: must be between 1 and 16, not 99",
        "x.conf:6: flush: must be one of none, local-flush, whole-pasid, not 'lokal-flush';"
            + " did you mean 'local-flush'?",
        "x.conf:7: on: must be true or false, not 'yes'",
        "x.conf:8: tiem: unknown key; did you mean 'time'?");
  }

  @Test
  void shouldReturnLegalValuesWhenEverythingIsMissing() {
    Settings settings = Read.settings("");

    assertThat(settings.timePs("a", 5000, 9000)).isEqualTo(5000);
    assertThat(settings.bytes("b")).isZero();
    assertThat(settings.bytesPerSecond("c")).isEqualTo(1);
    assertThat(settings.count("d", 3, 4)).isEqualTo(3);
    assertThat(settings.address("e")).isZero();
    assertThat(settings.ratio("f")).isZero();
    assertThat(settings.flag("g")).isFalse();
    assertThat(settings.text("h")).isEmpty();
    assertThat(settings.choice("i", Flush.class)).isEqualTo(Flush.NONE);
    assertThat(settings.child("j").keys()).isEmpty();
    assertThat(settings.texts("k")).isEmpty();
    assertThat(settings.children("l")).isEmpty();
    assertThat(settings.problems().list()).extracting(Problem::message).containsExactly(
        "missing; expected a time such as 120ns",
        "missing; expected a size such as 4KiB",
        "missing; expected a bandwidth such as 16GB/s",
        "missing; expected a whole number, between 3 and 4",
        "missing; expected an address such as 0x7f0000000000",
        "missing; expected a ratio from 0.0 to 1.0",
        "missing; expected true or false",
        "missing; expected a text",
        "missing; expected one of none, local-flush, whole-pasid",
        "missing; expected an object { ... }",
        "missing; expected a list [ ... ]");
  }

  @Test
  void shouldUseTheFallbackWithoutComplaintWhenKeysMayBeAbsent() {
    Settings settings = Read.settings("nothing = null");

    assertThat(settings.timePsOr("nothing", 7)).isEqualTo(7);
    assertThat(settings.bytesOr("b", 8)).isEqualTo(8);
    assertThat(settings.countOr("c", 9)).isEqualTo(9);
    assertThat(settings.countOr("c", 1, 4, 9)).isEqualTo(9);
    assertThat(settings.addressOr("d", 10)).isEqualTo(10);
    assertThat(settings.ratioOr("e", 0.5)).isEqualTo(0.5);
    assertThat(settings.flagOr("f", true)).isTrue();
    assertThat(settings.textOr("g", "x")).isEqualTo("x");
    assertThat(settings.choiceOr("h", Flush.class, Flush.WHOLE_PASID))
        .isEqualTo(Flush.WHOLE_PASID);
    assertThat(settings.textsOr("i", List.of("x"))).containsExactly("x");
    assertThat(settings.has("nothing")).isFalse();
    assertThat(Read.lines(settings)).isEmpty();
  }

  @Test
  void shouldReadAndComplainWhenOptionalKeysAreThere() {
    Settings settings = Read.settings("a = 7", "b = 4KiB", "c = -1", "d = 0x10", "e = 2", "f = no",
        "g = x", "h = none", "i = [y]");

    assertThat(settings.timePsOr("a", 7)).isZero();
    assertThat(settings.bytesOr("b", 8)).isEqualTo(4096);
    assertThat(settings.countOr("c", 9)).isZero();
    assertThat(settings.addressOr("d", 10)).isEqualTo(16);
    assertThat(settings.ratioOr("e", 0.5)).isZero();
    assertThat(settings.flagOr("f", true)).isFalse();
    assertThat(settings.textOr("g", "")).isEqualTo("x");
    assertThat(settings.choiceOr("h", Flush.class, Flush.WHOLE_PASID)).isEqualTo(Flush.NONE);
    assertThat(settings.textsOr("i", List.of())).containsExactly("y");
    assertThat(Read.lines(settings)).containsExactly(
        "x.conf:1: a: 7 has no unit; write 7ns",
        "x.conf:3: c: must not be negative, but is -1",
        "x.conf:5: e: must be a number from 0.0 to 1.0, not '2'",
        "x.conf:6: f: must be true or false, not 'no'");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "5ns | must be between 10ns and 1us, not 5ns", "2us | must be between 10ns and 1us, not 2us"
  })
  void shouldNameTheLimitsWhenTimeIsOutOfRange(String time, String message) {
    Settings settings = Read.settings("time = " + time);

    assertThat(settings.timePs("time", 10_000, 1_000_000)).isEqualTo(10_000);
    assertThat(Read.lines(settings)).containsExactly("x.conf:1: time: " + message);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "4.5 | must be a plain whole number without a unit, not '4.5'",
    "64B | must be a plain whole number without a unit, not '64B'",
    "1e3 | must be a plain whole number without a unit, not '1e3'",
    "0 | must be at least 1, not 0",
    "[1] | must be a whole number, at least 1, not a list",
    "{ a = 1 } | must be a whole number, at least 1, not an object",
    "99999999999999999999 | '99999999999999999999' is out of range: no number here has more than "
        + "63 bits",
  })
  void shouldSayWhatWouldBeRightWhenCountIsWrong(String value, String message) {
    Settings settings = Read.settings("ways = " + value);

    assertThat(settings.count("ways", 1, Integer.MAX_VALUE)).isEqualTo(1);
    assertThat(Read.lines(settings)).containsExactly("x.conf:1: ways: " + message);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "0x200000000000000 | must be between 0x0 and 0x1ffffffffffffff, not 0x200000000000000",
    "-1 | must not be negative, but is -1",
    "0xzz | must be an address such as 0x7f0000000000, not '0xzz'",
    "0x10000000000000000 | '0x10000000000000000' is out of range: no number here has more than "
        + "63 bits",
  })
  void shouldSayWhatWouldBeRightWhenAddressIsWrong(String value, String message) {
    Settings settings = Read.settings("base = " + value);

    assertThat(settings.address("base")).isZero();
    assertThat(Read.lines(settings)).containsExactly("x.conf:1: base: " + message);
  }

  @Test
  void shouldAcceptTheLastAddressWhenItHas57Bits() {
    assertThat(Read.settings("base = 0x1ffffffffffffff").address("base"))
        .isEqualTo((1L << 57) - 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.01", "-0.1", "NaN", "half", "50%", "Infinity"})
  void shouldRefuseRatiosWhenTheyAreNotBetweenZeroAndOne(String value) {
    Settings settings = Read.settings("hit = \"" + value + "\"");

    assertThat(settings.ratio("hit")).isZero();
    assertThat(Read.lines(settings)).containsExactly(
        "x.conf:1: hit: must be a number from 0.0 to 1.0, not '" + value + "'");
  }

  @Test
  void shouldShowBandwidthLimitsWhenItIsZero() {
    Settings settings = Read.settings("link = 0GB/s");

    assertThat(settings.bytesPerSecond("link")).isEqualTo(1);
    assertThat(Read.lines(settings))
        .containsExactly("x.conf:1: link: must be at least 1B/s, not 0GB/s");
  }
}
