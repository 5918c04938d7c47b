package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.Judgement;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.scenario.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SameAnswerTest {
  private static List<Variant> gallery() throws IOException {
    List<Variant> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("scenarios"))) {
      List<Path> sorted = files.filter(f -> f.toString().endsWith(".conf")).sorted().toList();
      sorted.forEach(file -> all.addAll(Nodes.load(file.toString())));
    }
    assertThat(all).hasSizeGreaterThanOrEqualTo(5);
    return all;
  }

  private static void shouldBeEqual(Variant variant, ScenarioResult one, ScenarioResult other) {
    String name = variant.id(variant.scenario().run().seed());
    assertThat(other.outcome().fingerprint()).as(name).isEqualTo(one.outcome().fingerprint());
    assertThat(other.outcome().events()).as(name).isEqualTo(one.outcome().events());
    assertThat(other.outcome().endPs()).as(name).isEqualTo(one.outcome().endPs());
    assertThat(other.outcome().complete()).as(name).isEqualTo(one.outcome().complete());
    shouldBeEqual(name, one.judgement(), other.judgement());
    assertThat(other.trace()).as(name).isEqualTo(one.trace());
  }

  private static void shouldBeEqual(String name, Judgement one, Judgement other) {
    assertThat(other.verdict()).as(name).isEqualTo(one.verdict());
    assertThat(other.unlisted()).as(name).isEqualTo(one.unlisted());
    assertThat(other.gaps()).as(name).isEqualTo(one.gaps());
    assertThat(other.costs()).as(name).usingRecursiveComparison().isEqualTo(one.costs());
    shouldBeEqual(name, one.findings(), other.findings());
    shouldBeEqual(name, one.rows(), other.rows());
    shouldBeEqual(name, one.exposures(), other.exposures());
  }

  /** One by one: the comparison's own cost grows with the square of what it is given. */
  private static void shouldBeEqual(String name, List<?> one, List<?> other) {
    assertThat(other).as(name).hasSameSizeAs(one);
    for (int i = 0; i < one.size(); i++) {
      assertThat(other.get(i)).as(name).usingRecursiveComparison().isEqualTo(one.get(i));
    }
  }

  @Test
  void shouldComeToTheSameWhenTwoNodesRunTheGallery() throws IOException {
    try (Nodes nodes = Nodes.of(2)) {
      for (Variant variant : gallery()) {
        ScenarioResult alone = Nodes.alone(variant, 1);
        ScenarioResult shared = nodes.run(variant, 1);

        assertThat(nodes.lost()).isEmpty();
        assertThat(shared.outcome().windows().eventsByPartition()).hasSize(2);
        shouldBeEqual(variant, alone, shared);
        shouldBeEqual(variant, alone, Nodes.alone(variant, 2));
      }
    }
  }

  @Test
  void shouldComeToTheSameWhenThreeNodesOfTwoThreadsSufferDelays() {
    NodeSettings delayed =
        new NodeSettings(
            "127.0.0.1", 0, Optional.empty(), false, Nodes.SHORT, Optional.of(7L));
    try (Nodes nodes = Nodes.of(delayed, 3)) {
      Variant variant = Nodes.load("scenarios/02-overtaken-fill.conf").get(0);

      shouldBeEqual(variant, Nodes.alone(variant, 1), nodes.run(variant, 2));
      shouldBeEqual(variant, Nodes.alone(variant, 1), nodes.run(variant, 1));
      assertThat(nodes.lost()).isEmpty();
    }
  }
}
