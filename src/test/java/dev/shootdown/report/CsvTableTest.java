package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class CsvTableTest {
  @Test
  void shouldReadBackWhatTheWriterWrote() throws IOException {
    StringBuilder out = new StringBuilder();
    Csv csv = new Csv(out, "a", "b");
    csv.row("x,\"y\"\nz", 5);
    csv.row(null, -1);

    CsvTable table = CsvTable.read("f", out.toString());
    assertThat(table.header()).containsExactly("a", "b");
    assertThat(table.rows().get(0).text("a")).isEqualTo("x,\"y\"\nz");
    assertThat(table.rows().get(0).number("b")).isEqualTo(5);
    assertThat(table.rows().get(1).optional("a")).isEmpty();
  }

  @Test
  void shouldNameFileAndLineWhenARowIsDamaged() {
    assertThatThrownBy(() -> CsvTable.read("f", "a,b\n1,2\n3\n")).hasMessage(
        "f:3: has 1 fields, not 2");
    assertThatThrownBy(() -> CsvTable.read("f", "a,b\n1,")).hasMessageStartingWith("f:2: ");
    assertThatThrownBy(() -> CsvTable.read("f", "")).hasMessage("f: the file is empty");
    CsvTable table = CsvTable.read("f", "a,b\n1,x\n,2\n");
    assertThatThrownBy(() -> table.rows().get(0).number("b")).hasMessageStartingWith("f:2: \"b\"");
    assertThatThrownBy(() -> table.rows().get(1).number("a")).hasMessageStartingWith("f:3: \"a\"");
    assertThatThrownBy(() -> table.rows().get(0).text("c")).hasMessageStartingWith("f:1: has no");
  }
}
