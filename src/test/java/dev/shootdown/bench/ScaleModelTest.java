package dev.shootdown.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScaleModelTest {
  /** The page's. */
  private static final ScaleModel MODEL =
      new ScaleModel(0.6e-6, 400e-6, ScaleModel.ASSUMED_FRAME_SECONDS);

  private static double number(String cell) {
    return Double.parseDouble(cell.strip().replace(",", ""));
  }

  private static List<String> cells(String row) {
    return Arrays.asList(row.substring(1).split("\\|"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"| parts |", "| in a ring |"})
  void shouldComeToThePagesTableWhenItPredicts(String begins) throws IOException {
    boolean ring = begins.contains("ring");
    List<String> page = Files.readAllLines(Path.of("docs/scale.md"));
    int header = 0;
    while (!page.get(header).startsWith(begins)) {
      header++;
    }
    List<Integer> nodes =
        cells(page.get(header)).subList(2, 5).stream()
            .map(cell -> (int) number(cell.replace("nodes", ""))).toList();
    List<String> rows = page.subList(header + 2, header + 5);

    assertThat(nodes).containsExactly(8, 64, 1_024);
    for (String row : rows) {
      List<String> cells = cells(row);
      double events = new Phold((int) number(cells.get(0)), 16).eventsPerWindow();
      assertThat(number(cells.get(1))).as(row).isCloseTo(events, within(events / 100));
      for (int i = 0; i < nodes.size(); i++) {
        double predicted = MODEL.speedUp(events, nodes.get(i), ring ? 2 : nodes.get(i) - 1);
        double written = number(cells.get(2 + i));
        assertThat(written).as(row).isCloseTo(predicted, within(0.05 + predicted / 50));
      }
      if (!ring) {
        assertThat(number(cells.get(5))).as(row).isCloseTo(MODEL.mostNodes(events), within(1.0));
      }
    }
  }

  @Test
  void shouldBeSlowerAgainWhenThereAreMoreNodesThanTheMost() {
    double events = 14_500;
    int most = (int) Math.round(MODEL.mostNodes(events));

    assertThat(MODEL.speedUp(events, 1, 0)).isEqualTo(1);
    assertThat(MODEL.windowSeconds(events, most, most - 1))
        .isLessThan(MODEL.windowSeconds(events, most / 2, most / 2 - 1))
        .isLessThan(MODEL.windowSeconds(events, most * 2, most * 2 - 1));
  }
}
