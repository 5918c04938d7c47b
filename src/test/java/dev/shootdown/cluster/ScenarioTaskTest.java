package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.engine.Dice;
import dev.shootdown.scenario.Scenarios;
import dev.shootdown.scenario.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node is sent of a scenario that names a file of accesses. */
class ScenarioTaskTest {
  private static final String SCENARIO =
      """
      include classpath("profiles/two-socket-ats.conf")
      processes = [ { name = app, devices = [nic0], areas = [
        { name = a, at = "0x7f0000000000", pages = 1048576, mapped = false } ] } ]
      accesses = "rows.csv"
      """;

  @TempDir Path folder;

  private ScenarioTask task(int rows) throws IOException {
    Dice dice = Dice.of(1, "rows");
    StringBuilder text = new StringBuilder("time,part,op,addr,len\n");
    for (int i = 0; i < rows; i++) {
      text.append(i).append(",nic0,read,a+").append(dice.below(1 << 30)).append(",1\n");
    }
    Files.writeString(folder.resolve("rows.csv"), text);
    Path file = Files.writeString(folder.resolve("many.conf"), SCENARIO);
    Variant variant =
        Scenarios.load(file, Optional.empty(), Optional.empty(), List.of(), folder).get(0);
    return new ScenarioTask(variant, 1);
  }

  @Test
  void shouldBeTheSameOnANodeWithoutTheFileWhenItIsSent() throws IOException {
    ScenarioTask task = task(1000);
    Files.delete(folder.resolve("rows.csv"));

    ScenarioTask read = (ScenarioTask) ScenarioTask.READER.read(task.text(), 1);

    assertThat(read.hash()).isEqualTo(task.hash());
    assertThat(read.variant().scenario().accesses().get("nic0").asJobs())
        .isEqualTo(task.variant().scenario().accesses().get("nic0").asJobs()).hasSize(1000);
  }

  @Test
  void shouldBeRefusedByNameWhenItIsTooLargeToBeSent() throws IOException {
    assertThatThrownBy(() -> task(100_000).text())
        .isInstanceOf(ClusterProblem.class)
        .hasMessageContaining("its file of accesses included, and other nodes can be sent 480 KiB");
  }
}
