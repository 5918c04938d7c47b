package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonReaderTest {
  @Test
  void shouldReadBackWhatTheWriterWrote() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("text", "a \"b\" \\ \n\t\u00e9\u2028");
    tree.put("list", Arrays.asList(1L, -2L, null, true, false, List.of()));
    tree.put("object", new LinkedHashMap<>());

    assertThat(JsonReader.read("f", Json.text(tree))).isEqualTo(tree);
  }

  /** Nine of ten seeds that fill 64 bits have nineteen digits. */
  @Test
  void shouldReadALongWhenAWholeNumberFitsOne() {
    List<Object> ends = List.of(Long.MAX_VALUE, Long.MIN_VALUE, 1234567890123456789L);

    assertThat(JsonReader.read("f", Json.text(ends))).isEqualTo(ends);
    assertThat(JsonReader.read("f", "[9223372036854775808]"))
        .isEqualTo(List.of(new BigDecimal("9223372036854775808")));
  }

  @Test
  void shouldKeepEveryDigitWhenANumberIsNotWhole() {
    assertThat(JsonReader.read("f", "[1.50, 2e3]"))
        .isEqualTo(List.of(new BigDecimal("1.50"), new BigDecimal("2e3")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a': 1,} | f:1",
        "{'a'~: 1~ | f:3",
        "[1 2] | f:1",
        "[~~tru] | f:3",
        "'a\\q' | f:1",
        "'a\\u12' | f:1",
        "{} {} | f:1",
        "[- | f:1"
      })
  void shouldNameTheLineWhenItIsNotJson(String text, String place) {
    String json = text.replace('\'', '"').replace('~', '\n');

    assertThatThrownBy(() -> JsonReader.read("f", json))
        .isInstanceOf(UnreadableResult.class)
        .hasMessageStartingWith(place + ": not JSON");
  }

  @Test
  void shouldRefuseWhenItIsNestedWithoutEnd() {
    assertThatThrownBy(() -> JsonReader.read("f", "[".repeat(100_000)))
        .isInstanceOf(UnreadableResult.class)
        .hasMessageContaining("nested");
  }

  @Test
  void shouldNameTheMemberWhenItIsMissingOrOfAnotherType() {
    Node node = Node.read("f.json", "{\"a\": {\"b\": 1}}");

    assertThat(node.object("a").number("b")).isEqualTo(1);
    assertThatThrownBy(() -> node.object("a").text("b"))
        .hasMessage("f.json: \"a.b\" is not a text, as it should be");
    assertThatThrownBy(() -> node.ofSchema(1)).hasMessageContaining("\"schema\"");
  }
}
