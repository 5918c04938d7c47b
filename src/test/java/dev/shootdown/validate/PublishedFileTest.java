package dev.shootdown.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishedFileTest {
  private static List<PublishedFile.Row> read(String text) throws IOException {
    return PublishedFile.read("m.csv", new BufferedReader(new StringReader(text)));
  }

  @Test
  void shouldFindColumnsByNameWhenTheyStandInAnotherOrder() throws IOException {
    PublishedFile.Row row =
        read("unit,value,x,id,source\nns,12.5,4,a,\"one, \"\"two\"\"\"\n").get(0);
    assertThat(row.line()).isEqualTo(2);
    assertThat(row.published().source()).isEqualTo("one, \"two\"");
    assertThat(row.published().value()).isEqualTo(12.5);
    assertThat(row.published().setting()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "id,x,value|m.csv:1: the header has no column 'unit'",
      "id,x,value,unit|m.csv: there is no figure in it",
      "id,x,value,unit;a,1,2|m.csv:2: 3 values where the header names 4",
      "id,x,value,unit;a,1,two,ns|m.csv:2: 'two' is no number",
      "id,x,value,unit;a,1,0,ns|m.csv:2: value is 0",
      "id,x,value,unit;a,1,NaN,ns|m.csv:2: value is NaN",
      "id,x,value,unit;a,1,2,\"ns|m.csv:2: a quotation mark is not closed",
      "id,x,value,unit;a,1,2,ns;a,2,2,ns|m.csv:3: the id 'a' stands in line 2 too"})
  void shouldNameTheLineWhenTheFileIsBad(String text, String message) {
    assertThatThrownBy(() -> read(text.replace(';', '\n')))
        .isInstanceOf(DataProblem.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void shouldTakeTiesAtTheirMeanWhenRanksAreCorrelated() {
    assertThat(Ranks.correlation(new double[] {1, 2, 3}, new double[] {10, 20, 40})).isEqualTo(1);
    assertThat(Ranks.correlation(new double[] {1, 2, 3}, new double[] {3, 2, 1})).isEqualTo(-1);
    assertThat(Ranks.correlation(new double[] {1, 2, 2, 3}, new double[] {1, 2, 3, 4}))
        .isBetween(0.94, 0.95);
    assertThat(Ranks.correlation(new double[] {1, 2}, new double[] {1, 2})).isNaN();
  }
}
