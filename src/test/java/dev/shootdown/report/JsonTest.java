package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void shouldIndentWhenTreeIsDeep() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("z", 1);
    tree.put("a", Arrays.asList(true, null, -2L));
    tree.put("none", List.of());
    tree.put("empty", new TreeMap<String, Object>());
    assertThat(Json.text(tree))
        .isEqualTo(
            """
            {
              "z": 1,
              "a": [
                true,
                null,
                -2
              ],
              "none": [],
              "empty": {}
            }
            """);
  }

  @Test
  void shouldEscapeWhenTextIsNotPlain() {
    assertThat(Json.text("q\" b\\ n\n r\r t\t \u0001 \u007f ä \ud83d\ude00 /"))
        .isEqualTo(
            "\"q\\\" b\\\\ n\\n r\\r t\\t \\u0001 \\u007f \\u00e4 \\ud83d\\ude00 /\"\n");
  }

  @Test
  void shouldEscapeWhenKeyIsNotPlain() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("a\"b", 1);
    assertThat(Json.text(tree)).contains("\"a\\\"b\": 1");
  }

  @Test
  void shouldRefuseWhenMapHasNoOrder() {
    assertThatIllegalArgumentException().isThrownBy(() -> Json.text(new HashMap<>()));
    assertThatIllegalArgumentException().isThrownBy(() -> Json.text(Map.of("a", 1)));
  }

  @Test
  void shouldRefuseWhenNumberIsNotWhole() {
    assertThatIllegalArgumentException().isThrownBy(() -> Json.text(List.of(0.5)));
  }
}
