package dev.shootdown.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BinderTest {
  enum Order { FIFO, ANY_ORDER }

  record Quantities(long walkLatencyPs, long sizeBytes, long linkBytesPerSecond,
      double hitRatio, long baseAddress) {}

  record Plain(int outstandingMax, long rangePages, boolean coherent, String kind, Order order,
      long address) {}

  record Inner(int ways) {}

  record Outer(Inner tlb, List<Inner> parts, List<String> names, List<Order> orders,
      @Key("in") Inner other) {}

  record Maybe(Optional<Long> latencyPs, Optional<Integer> ways, Optional<Double> hitRatio,
      Optional<Boolean> on, Optional<String> name, Optional<Order> order, Optional<Inner> tlb,
      Optional<List<String>> names) {}

  record Limited(
      @Limits(min = 1, max = 64, rule = "a tag has 6 bits") int tags,
      @Limits(min = 1_000, max = 5_000) long latencyPs,
      @PowerOfTwo @Limits(min = 4096) long pageBytes,
      @PowerOfTwo int sets,
      @Limits(min = -5, max = 5) long skew,
      @Limits(min = 4096, max = 8192) long baseAddress) {}

  record Crossed(int sets, int entries) implements Checked {
    @Override
    public void check(Settings at) {
      if (entries % sets != 0) {
        at.problem("entries", "must be a multiple of sets (" + sets + ")");
      }
    }
  }

  record Strict(@Limits(min = 1) int ways, int entries) {
    Strict {
      if (entries < ways) {
        throw new IllegalArgumentException("entries must be at least ways");
      }
    }
  }

  record Buggy(int ways) {
    Buggy {
      throw new IllegalStateException("bug");
    }
  }

  record Unsupported(float share) {}

  record LimitedText(@Limits(max = 5) String name) {}

  record NakedDouble(double share) {}

  @Test
  void shouldReadUnitsWhenSuffixesNameThem() {
    Settings settings = Read.settings("walk-latency = 120ns", "size = 4KiB", "link = 16GB/s",
        "hit = 0.5", "base = 0x1000");

    assertThat(settings.bind(Quantities.class))
        .isEqualTo(new Quantities(120_000, 4096, 16_000_000_000L, 0.5, 0x1000));
    assertThat(Read.lines(settings)).isEmpty();
  }

  @Test
  void shouldReadPlainValuesWhenThereIsNoSuffix() {
    Settings settings = Read.settings("outstanding-max = 32", "range-pages = 512",
        "coherent = true", "kind = ats", "order = any-order", "address = 0x20");

    assertThat(settings.bind(Plain.class))
        .isEqualTo(new Plain(32, 512, true, "ats", Order.ANY_ORDER, 0x20));
    assertThat(Read.lines(settings)).isEmpty();
  }

  @Test
  void shouldReadNestedRecordsAndListsWhenTheyAreThere() {
    Settings settings = Read.settings("tlb { ways = 4 }", "parts = [{ ways = 1 }, { ways = 2 }]",
        "names = [a, b]", "orders = [fifo, any-order]", "in { ways = 3 }");

    assertThat(settings.bind(Outer.class)).isEqualTo(new Outer(new Inner(4),
        List.of(new Inner(1), new Inner(2)), List.of("a", "b"),
        List.of(Order.FIFO, Order.ANY_ORDER), new Inner(3)));
    assertThat(Read.lines(settings)).isEmpty();
  }

  @Test
  void shouldReportEverythingWhenNestedValuesAreBad() {
    Settings settings = Read.settings("tlb { ways = x }", "parts = [{ ways = 1, way = 2 }]",
        "names = 5", "orders = [fifo, filo]", "inn { ways = 3 }");

    settings.bind(Outer.class);

    assertThat(Read.lines(settings)).containsExactly(
        "x.conf:1: in: missing; expected an object { ... }",
        "x.conf:1: tlb.ways: must be a plain whole number without a unit, not 'x'",
        "x.conf:2: parts[0].way: unknown key; did you mean 'ways'?",
        "x.conf:3: names: must be a list [ ... ], not '5'",
        "x.conf:4: orders[1]: must be one of fifo, any-order, not 'filo'; did you mean 'fifo'?",
        "x.conf:5: inn: unknown key; did you mean 'in'?");
  }

  @Test
  void shouldBeEmptyWhenOptionalKeysAreAbsent() {
    Settings settings = Read.settings("ways = null");

    assertThat(settings.bind(Maybe.class)).isEqualTo(new Maybe(Optional.empty(), Optional.empty(),
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.empty()));
  }

  @Test
  void shouldBePresentWhenOptionalKeysAreThere() {
    Settings settings = Read.settings("latency = 1ns", "ways = 2", "hit = 1", "on = true",
        "name = n", "order = fifo", "tlb { ways = 1 }", "names = []");

    assertThat(settings.bind(Maybe.class)).isEqualTo(new Maybe(Optional.of(1000L), Optional.of(2),
        Optional.of(1.0), Optional.of(true), Optional.of("n"), Optional.of(Order.FIFO),
        Optional.of(new Inner(1)), Optional.of(List.of())));
    assertThat(Read.lines(settings)).isEmpty();
  }

  @Test
  void shouldNotComplainWhenOptionalKeyIsNull() {
    Settings settings = Read.settings("ways = null");

    settings.bind(Maybe.class);

    assertThat(Read.lines(settings)).isEmpty();
  }

  @Test
  void shouldNameLimitAndRuleWhenValuesAreOutside() {
    Settings settings = Read.settings("tags = 65", "latency = 10ns", "page = 2KiB", "sets = 48",
        "skew = -6", "base = 0x3000");

    Limited bound = settings.bind(Limited.class);

    assertThat(bound).isEqualTo(new Limited(1, 1_000, 4096, 1, -5, 4096));
    assertThat(Read.lines(settings)).containsExactly(
        "x.conf:1: tags: must be between 1 and 64, not 65 (a tag has 6 bits)",
        "x.conf:2: latency: must be between 1ns and 5ns, not 10ns",
        "x.conf:3: page: must be at least 4KiB, not 2KiB",
        "x.conf:4: sets: must be a power of two, such as 32, not 48",
        "x.conf:5: skew: must be between -5 and 5, not -6",
        "x.conf:6: base: must be between 0x1000 and 0x2000, not 0x3000");
  }

  @Test
  void shouldAcceptValuesWhenTheyAreOnTheLimits() {
    Settings settings = Read.settings("tags = 64", "latency = 1ns", "page = 4KiB", "sets = 64",
        "skew = -5", "base = 0x2000");

    assertThat(settings.bind(Limited.class))
        .isEqualTo(new Limited(64, 1_000, 4096, 64, -5, 0x2000));
    assertThat(Read.lines(settings)).isEmpty();
  }

  @Test
  void shouldCheckAcrossKeysWhenEachIsGood() {
    Settings settings = Read.settings("sets = 3", "entries = 8");

    settings.bind(Crossed.class);

    assertThat(Read.lines(settings))
        .containsExactly("x.conf:2: entries: must be a multiple of sets (3)");
  }

  @Test
  void shouldNotCheckAcrossKeysWhenOneIsBad() {
    Settings settings = Read.settings("sets = many", "entries = 8"); // sets stands in as 0

    settings.bind(Crossed.class);

    assertThat(Read.lines(settings)).hasSize(1);
  }

  @Test
  void shouldEndTheLoadWithAllProblemsWhenConstructorRefuses() {
    Settings settings = Read.settings("ways = 4", "entries = 2", "entriez = 1");
    settings.problems().addAt("earlier.conf", "", "earlier");

    assertThatThrownBy(() -> settings.bind(Strict.class)).isInstanceOf(ConfigProblems.class)
        .hasMessage("""
            earlier.conf: earlier
            x.conf:1: entries must be at least ways
            x.conf:3: entriez: unknown key; did you mean 'entries'?""");
  }

  @Test
  void shouldNotBlameTheUserWhenConstructorRefusesAStandIn() {
    Settings settings = Read.settings("ways = 4", "entries = few");

    assertThatThrownBy(() -> settings.bind(Strict.class)).isInstanceOf(ConfigProblems.class)
        .hasMessage("x.conf:2: entries: must be a plain whole number without a unit, not 'few'");
  }

  @Test
  void shouldLetBugsThroughWhenConstructorFails() {
    assertThatThrownBy(() -> Read.settings("ways = 4").bind(Buggy.class))
        .isInstanceOf(IllegalStateException.class).hasMessage("bug");
  }

  @Test
  void shouldTellTheProgrammerWhenRecordCannotBeBound() {
    assertThatThrownBy(() -> Read.settings("share = 1").bind(Unsupported.class))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("share: type float");
    assertThatThrownBy(() -> Read.settings("share = 1").bind(NakedDouble.class))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("share: type double");
    assertThatThrownBy(() -> Read.settings("name = x").bind(LimitedText.class))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("limits do not apply");
  }
}
