package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableWriterTest {
  private final List<ReportTable> tables =
      List.of(
          new ReportTable(
              "sizes", "Sizes, in m", List.of("name", "size"),
              List.of(List.of("a|b_c", "1.5"), List.of("<x>", "10"))));

  @Test
  void shouldAlignNumbersToTheRightWhenWrittenAsText() {
    assertThat(TableWriter.text(tables))
        .isEqualTo("Sizes, in m\nname   size\na|b_c   1.5\n<x>      10\n");
  }

  @Test
  void shouldLeaveNothingToMarkupWhenWrittenAsMarkdown() {
    assertThat(TableWriter.markdown("T", tables))
        .isEqualTo(
            "# T\n\n## Sizes, in m\n\n| name | size |\n| --- | ---: |\n"
                + "| a\\|b\\_c | 1.5 |\n| &lt;x> | 10 |\n");
  }

  @Test
  void shouldGiveARowPerCellWhenWrittenAsCsv() {
    assertThat(TableWriter.csv(tables).lines())
        .containsExactly(
            "table,row,column,value", "sizes,1,name,a|b_c", "sizes,1,size,1.5",
            "sizes,2,name,<x>", "sizes,2,size,10");
  }

  @Test
  void shouldReadBackWhenWrittenAsJson() {
    Node tree = Node.read("f", TableWriter.json(tables)).ofSchema(1);

    assertThat(tree.objects("sizes")).extracting(row -> row.text("size"))
        .containsExactly("1.5", "10");
  }

  @Test
  void shouldRefuseWhenARowDoesNotFitTheHeader() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new ReportTable("t", "T", List.of("a"), List.of(List.of("1", "2"))));
  }
}
