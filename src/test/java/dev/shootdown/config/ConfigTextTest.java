package dev.shootdown.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTextTest {
  @Test
  void shouldHashEquallyWhenOnlyOrderOriginAndNotationDiffer() {
    ConfigObject one = Read.named("one.conf", "a = 120ns", "b { c = 1, d = [x, { y = 2 }] }");
    ConfigObject other = Read.named("other.conf", "b.d = [\"x\", { \"y\" : \"2\" }]", "// hi",
        "b.c = \"1\"", "a : \"120ns\"", "gone = null");

    assertThat(ConfigFiles.canonical(one))
        .isEqualTo("{\"a\":\"120ns\",\"b\":{\"c\":\"1\",\"d\":[\"x\",{\"y\":\"2\"}]}}")
        .isEqualTo(ConfigFiles.canonical(other));
    assertThat(ConfigFiles.hash8(one, List.of()))
        .matches("[0-9a-f]{8}")
        .isEqualTo(ConfigFiles.hash8(other, List.of()));
  }

  @Test
  void shouldKeepTheHashWhenReleasesChange() {
    assertThat(ConfigFiles.hash8(Read.object("a = 1"), List.of())).isEqualTo("9afeb0f2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a = 2", "a = 1, b = 1", "a = [1]", "a { x = 1 }", "b = 1", "a = 1.0"})
  void shouldHashDifferentlyWhenValuesDiffer(String text) {
    assertThat(ConfigFiles.hash8(Read.object(text), List.of()))
        .isNotEqualTo(ConfigFiles.hash8(Read.object("a = 1"), List.of()));
  }

  @Test
  void shouldTellVersionsApartWhenTheyLookLikeNumbers() {
    assertThat(ConfigFiles.canonical(Read.object("kernel = 6.10")))
        .isNotEqualTo(ConfigFiles.canonical(Read.object("kernel = 6.1")));
  }

  @Test
  void shouldIgnoreKeysInTheHashWhenTheyAreLeftOut() {
    List<String> leftOut = List.of("run.workers", "trace", "absent.path");
    String hash = ConfigFiles.hash8(Read.object("run { seed = 1, workers = 2 }"), leftOut);

    assertThat(ConfigFiles.hash8(Read.object("run { seed = 1, workers = 9 }", "trace { a = 1 }"),
        leftOut)).isEqualTo(hash);
    assertThat(ConfigFiles.hash8(Read.object("run { seed = 1 }"), leftOut)).isEqualTo(hash);
    assertThat(ConfigFiles.hash8(Read.object("run { seed = 2, workers = 2 }"), leftOut))
        .isNotEqualTo(hash);
  }

  @Test
  void shouldRenderSortedWithOriginsWhenPrinted() {
    ConfigObject object = Read.object("z = 1", "a {", " list = [", "  { k = 1 }", "  []", "  w",
        " ]", "}", "\"odd key\" = \"a # b\"", "e = {}", "n = null", "flat = [1, b c]");

    assertThat(ConfigFiles.render(object)).isEqualTo("""
        a {  # x.conf:2
          list = [  # x.conf:3
            {  # x.conf:4
              k = 1  # x.conf:4
            }
            []  # x.conf:5
            w  # x.conf:6
          ]
        }
        e = {}  # x.conf:10
        flat = [1, "b c"]  # x.conf:12
        n = null  # x.conf:11
        "odd key" = "a # b"  # x.conf:9
        z = 1  # x.conf:1
        """);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "120ns", "31.5GB/s", "0x7f0000000000", "1e5", "5e", "null", "include", "include-x", "a//b",
    "", " padded ", "x.y", "-1", "true", "line\\nbreak", "${x}", "6.10", "007", "1.5.2", "a#b"
  })
  void shouldReadBackTheSameWhenRendered(String text) {
    ConfigObject object = Read.object("a { \"" + text + "\" = \"" + text + "\" }",
        "l = [\"" + text + "\", { v = \"" + text + "\" }]", "n = null", "e {}");

    ConfigObject back = ConfigFactory.parseString(ConfigFiles.render(object)).resolve().root();

    assertThat(ConfigFiles.canonical(back)).isEqualTo(ConfigFiles.canonical(object));
  }
}
