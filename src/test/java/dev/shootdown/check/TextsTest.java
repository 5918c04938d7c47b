package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextsTest {
  @Test
  void shouldBreakAtSpacesWhenTextIsLong() {
    assertThat(Texts.wrap("one two three", 8, "  ")).containsExactly("one two", "  three");
  }

  @Test
  void shouldBreakWithinWordWhenItIsLongerThanALine() {
    assertThat(Texts.wrap("a bcdefghijk", 4, "")).containsExactly("a", "bcde", "fghi", "jk");
  }

  @Test
  void shouldKeepInnerSpacesWhenTextFits() {
    assertThat(Texts.wrap("a:   b", 10, "")).containsExactly("a:   b");
  }

  @Test
  void shouldReplaceWhenTextIsNotPlain() {
    assertThat(Texts.plain("gerät\n0")).isEqualTo("ger?t?0");
  }

  @Test
  void shouldPrintExactNanosecondsWhenGivenPicoseconds() {
    assertThat(Texts.ns(0)).isEqualTo("0.000");
    assertThat(Texts.ns(1_234_567)).isEqualTo("1234.567");
    assertThat(Texts.ns(1)).isEqualTo("0.001");
  }

  @Test
  void shouldGiveTheCommandBackWhenAShellJoinsItsLines() {
    String command =
        "./shootdown run " + "x".repeat(200) + " -D a=\"b c " + "y z ".repeat(60)
            + "\" -D d=e\\ f " + "g\\\\h ".repeat(40);
    assertThat(Texts.command(command, 80)).allMatch(line -> line.length() <= 80);
    assertThat(String.join("\n", Texts.command(command, 80)).replace("\\\n", ""))
        .isEqualTo(command);
  }

  @Test
  void shouldReopenQuotesWhenLineBreaksWithinSingleOnes() {
    String command = "run '" + "a b ".repeat(50) + "'";
    assertThat(Texts.command(command, 80)).allMatch(line -> line.length() <= 80);
    assertThat(String.join("\n", Texts.command(command, 80)).replace("'\\\n'", ""))
        .isEqualTo(command);
  }
}
