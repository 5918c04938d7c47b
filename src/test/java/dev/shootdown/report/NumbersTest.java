package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NumbersTest {
  @Test
  void shouldNotOverflowWhenFiguresAreLarge() {
    assertThat(Numbers.percent(Long.MAX_VALUE, Long.MAX_VALUE)).isEqualTo("100.0");
    assertThat(Numbers.perSecond(Long.MAX_VALUE / 2, 1)).hasSize(31);
    assertThat(Numbers.ratio(1, 3, 2)).isEqualTo("0.33");
  }

  @Test
  void shouldGiveADashWhenThereIsNothingToTell() {
    assertThat(Numbers.ratio(1, 0, 2)).isEqualTo("-");
    assertThat(Numbers.percent(0, 5)).isEqualTo("-");
    assertThat(Numbers.perSecond(1, 0)).isEqualTo("-");
    assertThat(Numbers.rounded(Double.NaN, 2)).isEqualTo("-");
  }

  @Test
  void shouldWriteNoExponentWhenNumbersAreSmallOrLarge() {
    assertThat(Numbers.rounded(1.23456e-7, 3)).isEqualTo("0.000000123");
    assertThat(Numbers.rounded(1.23456e12, 3)).isEqualTo("1230000000000");
    assertThat(Numbers.rounded(0, 3)).isEqualTo("0");
  }

  @Test
  void shouldEscapeWhatAMarkupWouldRead() {
    assertThat(Html.escape("<a href=\"x\">'&")).isEqualTo("&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    assertThat(Html.inScript("{\"a\":\"</script>\"}")).doesNotContain("<");
    assertThat(Html.xy(-0.001)).isEqualTo("0");
    assertThat(Html.xy(1.5)).isEqualTo("1.5");
  }
}
