package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class CsvTest {
  private final StringBuilder out = new StringBuilder();

  @Test
  void shouldWriteHeaderAndRowsWhenValuesArePlain() throws IOException {
    new Csv(out, "a", "b").row(1L, "x y");
    assertThat(out).hasToString("a,b\n1,x y\n");
  }

  @Test
  void shouldQuoteWhenValueHoldsCommaQuoteOrLineEnd() throws IOException {
    new Csv(out, "a", "b", "c", "d").row("x,y", "say \"hi\"", "1\n2", "3\r4");
    assertThat(out).hasToString("a,b,c,d\n\"x,y\",\"say \"\"hi\"\"\",\"1\n2\",\"3\r4\"\n");
  }

  @Test
  void shouldLeaveFieldEmptyWhenValueIsNull() throws IOException {
    new Csv(out, "a", "b", "c").row(null, "", 0);
    assertThat(out).hasToString("a,b,c\n,,0\n");
  }

  @Test
  void shouldRefuseWhenRowIsShort() throws IOException {
    Csv csv = new Csv(out, "a", "b");
    assertThatIllegalArgumentException().isThrownBy(() -> csv.row(1));
  }
}
