package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ConfigLinesTest {
  @Test
  void shouldGivePathsAndOriginsWhenObjectsAndListsAreNested() {
    String text =
        """
        dma = [  # s.conf:1
          {  # s.conf:2
            at = 5ns  # s.conf:2
          }
          plain  # s.conf:3
        ]
        files = []  # reference.conf:9
        run {  # reference.conf:1
          note = "a  # b = {"  # s.conf:4
          "odd key" = 1  # -D
        }
        """;

    assertThat(ConfigLines.read("f", text))
        .extracting(setting -> setting.path() + "|" + setting.value() + "|" + setting.origin())
        .containsExactly(
            "dma[0].at|5ns|s.conf:2",
            "dma[1]|plain|s.conf:3",
            "files|[]|reference.conf:9",
            "run.note|\"a  # b = {\"|s.conf:4",
            "run.\"odd key\"|1|-D");
    assertThat(ConfigLines.read("f", text).get(2).isDefault()).isTrue();
  }

  @Test
  void shouldNameTheLineWhenBracesDoNotMatch() {
    assertThatThrownBy(() -> ConfigLines.read("f", "a {\n}\n}\n")).hasMessageStartingWith("f:3: ");
    assertThatThrownBy(() -> ConfigLines.read("f", "a {\n")).hasMessageContaining("ends before");
  }
}
